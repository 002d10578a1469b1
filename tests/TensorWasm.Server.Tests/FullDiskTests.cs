using System.Net;
using System.Text;
using TensorWasm.Server;

namespace TensorWasm.Server.Tests;

/// <summary>A disk that is full for a while: what can't be kept is refused, what was kept stays, and all goes on after.</summary>
public sealed class FullDiskTests
{
    /// <summary>Counts for a while, then emits a page.</summary>
    private const string SlowEmitter = """
        (module
          (import "wasi:tensor/host" "emit-chunk" (func $emit (param i32 i32) (result i32)))
          (memory (export "memory") 1)
          (func (export "main") (local $i i32)
            (loop $again
              (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
              (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 500000000))))
            (drop (call $emit (i32.const 0) (i32.const 65536)))))
        """;

    [Fact]
    public async Task What_can_t_be_kept_is_refused_and_nothing_is_lost()
    {
        using var disk = SmallDisk.Mount(32);
        GatewayOptions Options(GatewayOptions options) => options with { Database = null };
        string id, job;
        List<int> tenants = [];
        await using (var gateway = await TestGateway.StartAsync(Options, folder: disk.Path))
        {
            id = await gateway.DeployAsync(Guests.Add);
            var emitter = await gateway.DeployAsync(SlowEmitter);
            job = (await gateway.SendAsync("POST", $"/functions/{emitter}/invoke-async", json: "{}"))
                .Json.GetProperty("job_id").GetString()!;
            await WaitForAsync(gateway, job, "running");

            disk.Fill();
            (await DeployAnotherAsync(gateway, 1)).Refused(507, "disk_full");
            // The database's log may have some room of its own.
            Reply reply;
            do
            {
                reply = await gateway.SendAsync("POST", "/admin/tenants", TestGateway.Admin, new { id = 100 + tenants.Count });
                if (reply.Status == HttpStatusCode.Created) tenants.Add(100 + tenants.Count);
            }
            while (reply.Status == HttpStatusCode.Created && tenants.Count < 10_000);
            reply.Refused(507, "disk_full");
            (await gateway.SendAsync("POST", $"/functions/{id}/invoke-async", json: "{}")).Refused(507, "disk_full");
            // What needs no room goes on.
            Assert.Equal(42, (await gateway.SendAsync("POST", $"/functions/{id}/invoke")).Json.GetProperty("result")[0].GetInt32());
            Assert.Equal(HttpStatusCode.OK, (await gateway.SendAsync("GET", "/healthz", null)).Status);
            // The job's guest ends meanwhile; its output waits for room.
            await Wait.UntilAsync(async () => !(await gateway.SendAsync("GET", "/metrics", null)).Text.Contains(
                "tensor_wasm_active_instances 1\n", StringComparison.Ordinal));

            disk.Free();
            await WaitForAsync(gateway, job, "completed");
            Assert.Equal(HttpStatusCode.OK, (await DeployAnotherAsync(gateway, 2)).Status);
            Assert.Equal(
                HttpStatusCode.Accepted, (await gateway.SendAsync("POST", $"/functions/{id}/invoke-async", json: "{}")).Status);
            // The log says that it has a gap.
            Assert.Contains(await gateway.AuditAsync(), record => record.GetProperty("action").GetString() == "audit_gap");
        }
        Assert.Null(AuditCheck.Of(Path.Combine(disk.Path, "audit.log"), ServerKey.Open(disk.Path)).Problem);

        await using var again = await TestGateway.StartAsync(Options, folder: disk.Path);
        Assert.Equal(42, (await again.SendAsync("POST", $"/functions/{id}/invoke")).Json.GetProperty("result")[0].GetInt32());
        await WaitForAsync(again, job, "completed");
        foreach (var tenant in tenants)
        {
            Assert.Equal(HttpStatusCode.OK, (await again.SendAsync("GET", $"/admin/tenants/{tenant}", TestGateway.Admin)).Status);
        }
    }

    private static Task<Reply> DeployAnotherAsync(TestGateway gateway, int number) => gateway.SendAsync(
        "POST", "/functions", json: new
        {
            name = "another",
            wasm_b64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(
                $"(module (func (export \"main\") (result i32) (i32.const {number})))")),
        });

    private static Task WaitForAsync(TestGateway gateway, string job, string status) => Wait.UntilAsync(async () =>
        (await gateway.SendAsync("GET", $"/jobs/{job}")).Json.GetProperty("state").GetString() == status);
}
