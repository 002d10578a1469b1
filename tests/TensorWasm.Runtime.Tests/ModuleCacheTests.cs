using TensorWasm.Engine;

namespace TensorWasm.Runtime.Tests;

public sealed class ModuleCacheTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_module_is_compiled_once_for_all_and_the_unused_go_first()
    {
        var blobs = new FolderBlobStore(_folder.Path, TimeProvider.System);
        var engine = new WasmEngine();
        using var probe = new ModuleCache(engine, blobs, long.MaxValue, 2);
        var size = (await probe.GetAsync(await blobs.PutAsync(Guests.Constant(0)), default, null, default)).CodeBytes;

        using var cache = new ModuleCache(engine, blobs, 3 * size, 2);
        var digests = new Digest[4];
        for (var i = 0; i < 4; i++) digests[i] = await blobs.PutAsync(Guests.Constant(i));
        TenantId one = new(1), two = new(2);
        await Task.WhenAll(Enumerable.Range(0, 30).Select(i =>
            Task.Run(() => cache.GetAsync(digests[i % 3], i % 2 == 0 ? one : two, null, default))));
        Assert.Equal((3, 3L, 0L), (cache.Count, cache.Compilations, cache.Evictions));
        Assert.Equal(3 * size, cache.MeasureTenants()[one]);
        Assert.Equal(3 * size, cache.MeasureTenants()[two]);

        Assert.NotNull(cache.TryGet(digests[0], one));
        await cache.GetAsync(digests[3], one, null, default);
        Assert.Equal((3, 1L), (cache.Count, cache.Evictions));
        Assert.NotNull(cache.TryGet(digests[0], one));
        Assert.Equal(3 * size, cache.Bytes);

        // What could not be compiled is not kept.
        await Assert.ThrowsAsync<IOException>(() => cache.GetAsync(Digest.Of("none"u8), one, null, default));
        Assert.Equal(3, cache.Count);
    }

    [Fact]
    public async Task A_damaged_or_missing_blob_is_noticed_and_a_new_deployment_heals_it()
    {
        await using var state = await TestState.CreateAsync(DatabaseKind.Sqlite, null);
        Guid function;
        await using (var runtime = await state.OpenAsync()) function = await runtime.DeployAsync(Guests.Constant(3));
        var file = Directory.EnumerateFiles(
            Path.Combine(state.Options.Folder, "blobs"), "*", SearchOption.AllDirectories).Single();
        var bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);
        await using var reopened = await state.OpenAsync();
        Assert.Equal(RuntimeErrorKind.BlobUnavailable, (await reopened.CallAsync(function)).Error?.Kind);
        File.Delete(file);
        Assert.Equal(RuntimeErrorKind.BlobUnavailable, (await reopened.CallAsync(function)).Error?.Kind);
        await reopened.DeployAsync(Guests.Constant(3));
        Assert.Equal(3, (await reopened.CallAsync(function)).Results[0].Int32);
    }

    [Fact]
    public async Task Blobs_that_nothing_refers_to_go_after_an_hour()
    {
        await using var state = await TestState.CreateAsync(DatabaseKind.Sqlite, null);
        await using var runtime = await state.OpenAsync();
        var kept = await runtime.DeployAsync(Guests.Constant(1));
        var removed = await runtime.DeployAsync(Guests.Constant(2));
        var young = await runtime.Blobs.PutAsync(Guests.Constant(3));
        await runtime.Functions.RemoveAsync(default, removed);
        Assert.Equal(0, await runtime.Maintenance.SweepBlobsAsync(default));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(state.Options.Folder, "blobs"), "*", SearchOption.AllDirectories))
        {
            if (!file.EndsWith(young.Text[2..], StringComparison.Ordinal)) File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(-2));
        }
        Assert.Equal(1, await runtime.Maintenance.SweepBlobsAsync(default));
        Assert.True(await runtime.Blobs.ContainsAsync(young));
        Assert.True((await runtime.CallAsync(kept)).Succeeded);
        Assert.NotNull((await runtime.Functions.ReadModuleAsync(default, kept)).Value);
    }
}
