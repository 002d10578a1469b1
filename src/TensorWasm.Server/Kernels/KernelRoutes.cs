using System.Text;
using System.Text.Json;
using TensorWasm.Host;
using TensorWasm.Ptx;
using TensorWasm.Ptx.Fencing;
using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>The kernel registry: publish, list, read. Guests load what their tenant may use as <c>name@version</c>.</summary>
internal sealed class KernelRoutes(TensorWasmRuntime runtime, KernelTrust trust, TimeProvider time)
{
    /// <summary>A sandbox's slice of a device's address space, as devices fence for it.</summary>
    private static readonly FenceOptions Fence = new() { Mode = FenceMode.Fence, RegionBits = 35 };

    private static readonly PtxLimits Limits = PtxLimits.Default with { MaxBytes = HostConfiguration.MaxPtxBytes };

    private static readonly GatewayError Unknown = GatewayError.NotFound("There is no such kernel.");

    internal IEnumerable<Route> Rows =>
    [
        new()
        {
            Method = "POST", Pattern = "/kernels", Action = "publish_kernel",
            Permission = Permissions.KernelsPublish, Audit = AuditLevel.Changes, Handler = PublishAsync,
            Description = new("kernels", "Publishes a signed kernel under the tenant, after verifying and fencing it.")
            {
                Body = [("application/json", "KernelRequest")],
                IsBodyRequired = true,
                Answers = [(201, "application/json", "KernelAccepted")],
                Refusals =
                [
                    (400, ErrorKind.DigestMismatch), (403, ErrorKind.BadSignature), (403, ErrorKind.PublisherNotAllowed),
                    (409, ErrorKind.AlreadyRegistered), (503, ErrorKind.KernelRegistryNotConfigured),
                ],
            },
        },
        new()
        {
            Method = "GET", Pattern = "/kernels", Action = "list_kernels",
            Permission = Permissions.KernelsRead, Handler = ListAsync,
            Description = new("kernels", "Lists the kernels that the tenant may use: its own, and shared ones.")
            {
                Parameters = [new("query", "offset", "integer", "How many to pass over."), Paging.Limit],
                Answers = [(200, "application/json", "KernelList")],
            },
        },
        new()
        {
            Method = "GET", Pattern = "/kernels/{name}/{version}", Action = "get_kernel",
            Permission = Permissions.KernelsRead, Handler = GetAsync,
            Description = new("kernels", "Answers a kernel's manifest, and its code if it is the tenant's own.")
            {
                Answers = [(200, "application/json", "Kernel")],
            },
        },
        new()
        {
            Method = "PATCH", Pattern = "/kernels/{name}/{version}", Action = "update_kernel",
            Permission = Permissions.KernelsPublish, Audit = AuditLevel.Changes, Handler = UpdateAsync,
            Description = new("kernels", "Shares a kernel of the tenant with all tenants, or ends that.")
            {
                Body = [("application/json", "KernelUpdate")],
                IsBodyRequired = true,
                Answers = [(200, "application/json", "Kernel")],
                Refusals = [(409, ErrorKind.AlreadyRegistered)],
            },
        },
        new()
        {
            Method = "DELETE", Pattern = "/kernels/{name}/{version}", Action = "delete_kernel",
            Permission = Permissions.KernelsPublish, Audit = AuditLevel.Changes, Handler = DeleteAsync,
            Description = new("kernels", "Deletes a kernel of the tenant; guests can't load it any more.")
            {
                Answers = [(204, null, null)],
            },
        },
    ];

    private async ValueTask<GatewayError?> PublishAsync(GatewayRequest request)
    {
        if (!trust.IsConfigured)
        {
            return new(ErrorKind.KernelRegistryNotConfigured, 503, "This server has no key by which kernels could be judged.");
        }
        using var json = await RequestBody.RequireJsonAsync(request).ConfigureAwait(false);
        var body = json.RootElement;
        if (body.Object("manifest") is not { } written) throw JsonFields.Wrong("manifest", "an object");
        var manifest = KernelManifest.Read(written);
        request.About("kernel", $"{manifest.Name}@{manifest.Version}");
        if (trust.Check(manifest) is { } distrust) return distrust;
        var codes = ReadCodes(body, manifest);
        foreach (var (architecture, code) in codes)
        {
            if (!manifest.IsSigned(architecture, code))
            {
                return GatewayError.Bad(ErrorKind.DigestMismatch, $"The code for {architecture} is not what was signed.");
            }
            var fenced = PtxFence.Apply(code, Fence, Limits);
            if (!fenced.IsValid)
            {
                return GatewayError.Bad(ErrorKind.InvalidRequest, $"{architecture}: {fenced.Diagnostics[0]}", "ptx");
            }
            request.About(architecture, Digest.Of(code).Text);
        }
        return await AddAsync(request, manifest, codes, written.GetRawText(), ReadVisibility(body)).ConfigureAwait(false);
    }

    private async Task<GatewayError?> AddAsync(
        GatewayRequest request, KernelManifest manifest, SortedDictionary<string, byte[]> codes, string written,
        KernelVisibility visibility)
    {
        var tenant = await runtime.Tenants.FindAsync(request.Tenant, request.Aborted).ConfigureAwait(false);
        var quota = tenant?.Quota ?? runtime.Options.DefaultQuota;
        var (count, _) = await runtime.Kernels.MeasureAsync(request.Tenant, request.Aborted).ConfigureAwait(false);
        var stored = await runtime.MeasureStorageAsync(request.Tenant, request.Aborted).ConfigureAwait(false);
        if (count >= quota.MaxKernels || stored + codes.Values.Sum(code => (long)code.Length) > quota.MaxStorageBytes)
        {
            return GatewayError.Forbidden(ErrorKind.QuotaExceeded, "The tenant has as many kernels, or bytes, as it may.");
        }
        try
        {
            foreach (var code in codes.Values) await runtime.Blobs.PutAsync(code, request.Aborted).ConfigureAwait(false);
        }
        catch (IOException)
        {
            return GatewayError.Unavailable(ErrorKind.KernelRegistryStorageError, "The kernel can't be stored.");
        }
        var record = new KernelRecord
        {
            Id = Guid.CreateVersion7(time.GetUtcNow()),
            Owner = request.Tenant,
            Name = manifest.Name,
            Version = manifest.Version,
            Visibility = visibility,
            Publisher = manifest.Publisher,
            Manifest = written,
            Variants = [.. codes.Select(code => new KernelVariant(code.Key, Digest.Of(code.Value), code.Value.Length))],
            CreatedAt = time.GetUtcNow(),
        };
        if (!await runtime.Kernels.AddAsync(record, request.Aborted).ConfigureAwait(false))
        {
            return new(ErrorKind.AlreadyRegistered, 409, "There is a kernel of that name and version; versions never change.");
        }
        request.Http.Response.StatusCode = StatusCodes.Status201Created;
        JsonReply.Write(request.Http.Response, manifest, static (writer, manifest) =>
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, manifest.Name);
            writer.WriteString("version"u8, manifest.Version);
            writer.WriteEndObject();
        });
        return null;
    }

    private async ValueTask<GatewayError?> ListAsync(GatewayRequest request)
    {
        var limit = Paging.LimitOf(request);
        var offset = (int)Math.Min(Paging.Whole(request, "offset", 0) ?? 0, int.MaxValue);
        var page = await runtime.Kernels.ListAsync(request.Tenant, offset, limit, request.Aborted).ConfigureAwait(false);
        JsonReply.Write(request.Http.Response, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("manifests"u8);
            foreach (var kernel in page) writer.WriteRawValue(kernel.Manifest);
            writer.WriteEndArray();
            writer.WriteNumber("offset"u8, offset);
            writer.WriteNumber("limit"u8, limit);
            writer.WriteEndObject();
        });
        return null;
    }

    private async ValueTask<GatewayError?> UpdateAsync(GatewayRequest request)
    {
        var (name, version) = Named(request);
        using var json = await RequestBody.RequireJsonAsync(request).ConfigureAwait(false);
        if (!json.RootElement.TryGet("visibility", out _)) throw JsonFields.Wrong("visibility", "private or shared");
        var outcome = await runtime.Kernels.SetVisibilityAsync(
            request.Tenant, name, version, ReadVisibility(json.RootElement), request.Aborted).ConfigureAwait(false);
        return outcome switch
        {
            null => Unknown,
            false => new(ErrorKind.AlreadyRegistered, 409, "Another tenant shares a kernel of that name and version."),
            true => await GetAsync(request).ConfigureAwait(false),
        };
    }

    private async ValueTask<GatewayError?> DeleteAsync(GatewayRequest request)
    {
        var (name, version) = Named(request);
        if (!await runtime.Kernels.RemoveAsync(request.Tenant, name, version, request.Aborted).ConfigureAwait(false))
        {
            return Unknown;
        }
        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
        return null;
    }

    private static (string Name, string Version) Named(GatewayRequest request)
    {
        var (name, version) = (request.RouteValue("name"), request.RouteValue("version"));
        request.About("kernel", $"{name}@{version}");
        return (name, version);
    }

    private async ValueTask<GatewayError?> GetAsync(GatewayRequest request)
    {
        var kernel = await runtime.Kernels.ResolveAsync(
            request.Tenant, request.RouteValue("name"), request.RouteValue("version"), request.Aborted).ConfigureAwait(false);
        if (kernel is null) return Unknown;
        // A shared kernel may be used by all, and read by its owner alone.
        var codes = new List<(string Architecture, string Text)>();
        if (kernel.Owner == request.Tenant)
        {
            foreach (var variant in kernel.Variants)
            {
                var code = await runtime.Blobs.GetAsync(variant.Code, request.Aborted).ConfigureAwait(false);
                if (code is null) return GatewayError.Unavailable(ErrorKind.KernelRegistryStorageError, "The code is missing.");
                codes.Add((variant.Architecture, Encoding.UTF8.GetString(code)));
            }
        }
        JsonReply.Write(request.Http.Response, writer =>
        {
            writer.WriteStartObject();
            writer.WritePropertyName("manifest"u8);
            writer.WriteRawValue(kernel.Manifest);
            writer.WriteString("visibility"u8, kernel.Visibility == KernelVisibility.Shared ? "shared"u8 : "private"u8);
            if (codes.Count > 0) writer.WriteString("ptx_text"u8, codes[^1].Text);
            writer.WriteStartObject("ptx"u8);
            foreach (var (architecture, text) in codes) writer.WriteString(architecture, text);
            writer.WriteEndObject();
            writer.WriteEndObject();
        });
        return null;
    }

    private static SortedDictionary<string, byte[]> ReadCodes(JsonElement body, KernelManifest manifest)
    {
        var codes = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        if (body.Object("ptx") is { } ptx)
        {
            foreach (var member in ptx.EnumerateObject())
            {
                if (member.Value.ValueKind != JsonValueKind.String) throw JsonFields.Wrong("ptx", "an object of PTX texts");
                codes[member.Name] = Encoding.UTF8.GetBytes(member.Value.AsText("ptx"));
            }
        }
        else if (body.Text("ptx_text") is { } text && manifest.Architectures.Count == 1)
        {
            codes[manifest.Architectures.First()] = Encoding.UTF8.GetBytes(text);
        }
        return codes.Keys.SequenceEqual(manifest.Architectures)
            ? codes
            : throw JsonFields.Wrong("ptx", "an object with a PTX text for each architecture of the manifest");
    }

    private static KernelVisibility ReadVisibility(JsonElement body) => body.Text("visibility") switch
    {
        null or "private" => KernelVisibility.Private,
        "shared" => KernelVisibility.Shared,
        _ => throw JsonFields.Wrong("visibility", "private or shared"),
    };
}
