using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace TensorWasm.Server.Bench.Servers;

/// <summary>The peer: Kestrel with nothing above it, in this program, which answers each request with the same bytes.</summary>
internal sealed class Peer(Settings settings, byte[] body) : ServerProcess(
    settings, [Environment.ProcessPath!, "peer", Convert.ToBase64String(body)], new Dictionary<string, string>(),
    "http://127.0.0.1:")
{
    /// <summary>What the process runs.</summary>
    public static async Task RunAsync(byte[] body)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        await using var app = builder.Build();
        app.Run(async context =>
        {
            var reader = context.Request.BodyReader;
            while (true)
            {
                var read = await reader.ReadAsync();
                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted) break;
            }
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = body.Length;
            await context.Response.BodyWriter.WriteAsync(body);
        });
        await app.StartAsync();
        await Console.Error.WriteLineAsync(
            app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/");
        await app.WaitForShutdownAsync();
    }
}
