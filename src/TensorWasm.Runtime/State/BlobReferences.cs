using Microsoft.EntityFrameworkCore;

namespace TensorWasm.Runtime.State;

/// <summary>Which blobs the database refers to.</summary>
internal static class BlobReferences
{
    internal static Task<HashSet<Digest>> ReadAsync(StateDatabase database, CancellationToken cancellation) =>
        database.ReadAsync(
            async context =>
            {
                var digests = context.Versions.Select(r => r.Digest)
                    .Union(context.Jobs.Where(r => r.InputDigest != null).Select(r => r.InputDigest!))
                    .Union(context.Jobs.Where(r => r.OutputDigest != null).Select(r => r.OutputDigest!))
                    .Union(context.Kernels.SelectMany(r => r.Variants).Select(r => r.Digest));
                HashSet<Digest> result = [];
                await foreach (var digest in digests.AsAsyncEnumerable().WithCancellation(cancellation).ConfigureAwait(false))
                {
                    result.Add(Digest.Parse(digest));
                }
                return result;
            },
            cancellation);
}
