using System.Net;

namespace TensorWasm.Server.Tests;

/// <summary>What is recorded, and that nobody changes it unseen.</summary>
public sealed class AuditTests
{
    [Fact]
    public async Task Changes_calls_and_refusals_are_recorded_without_their_bodies()
    {
        await using var gateway = await TestGateway.StartAsync();
        var id = await gateway.DeployAsync(Guests.Add, name: "secret-name");
        await gateway.SendAsync("POST", $"/functions/{id}/invoke", json: """{"export":"add","args":[123456,1]}""");
        await gateway.SendAsync("POST", $"/functions/{id}/invoke", "wrong-token");
        await gateway.SendAsync("GET", "/functions", "one", headers: ("X-TensorWasm-Tenant", "2"));
        await gateway.SendAsync("GET", "/functions");
        await gateway.SendAsync("GET", "/healthz", null);
        var records = await gateway.AuditAsync();
        Assert.Equal(
            ["create_function 200 ", "invoke_function 200 ", "invoke_function 401 unauthorized",
             "list_functions 403 tenant_scope_denied", "create_tenant 400 invalid_request"],
            records.Select(record => $"{record.GetProperty("action")} " +
                $"{record.GetProperty("outcome").GetProperty("status_code")} {record.GetProperty("outcome").GetProperty("error_kind")}"));
        var first = records[0];
        Assert.Equal(1, first.GetProperty("seq").GetInt64());
        Assert.Equal("configured-1", first.GetProperty("actor").GetProperty("token_id").GetString());
        Assert.Equal("bearer", first.GetProperty("actor").GetProperty("kind").GetString());
        Assert.Equal(1, first.GetProperty("resource").GetProperty("tenant_id").GetInt32());
        Assert.Equal(id, first.GetProperty("resource").GetProperty("function_id").GetString());
        Assert.Equal("127.0.0.1", first.GetProperty("peer_addr").GetString());
        var all = string.Concat(records.Select(record => record.GetRawText()));
        foreach (var secret in (string[])["123456", "wrong-token", "secret-name", "\"one\""]) Assert.DoesNotContain(secret, all);
    }

    [Fact]
    public async Task The_chain_goes_on_after_a_restart_and_shows_every_change()
    {
        var folder = Directory.CreateTempSubdirectory("tensorwasm-audit-");
        try
        {
            for (var i = 0; i < 2; i++)
            {
                await using var gateway = await TestGateway.StartAsync(folder: folder.FullName);
                await gateway.DeployAsync(Guests.Add);
                await gateway.DeployAsync(Guests.Echo);
            }
            var path = Path.Combine(folder.FullName, "audit.log");
            var key = ServerKey.Open(folder.FullName);
            var check = AuditCheck.Of(path, key, token: TestContext.Current.CancellationToken);
            Assert.Null(check.Problem);
            Assert.Equal(4, check.Records);

            var lines = await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken);
            foreach (var (tampered, line) in Tamperings(lines))
            {
                await File.WriteAllTextAsync(path, string.Concat(tampered.Select(text => text + "\n")), TestContext.Current.CancellationToken);
                var found = AuditCheck.Of(path, key, token: TestContext.Current.CancellationToken);
                Assert.Contains($"audit.log:{line}:", found.Problem);
            }
            await File.WriteAllLinesAsync(path, lines, TestContext.Current.CancellationToken);
            // A log that is cut at its end is whole in itself; it shows against an end that was kept elsewhere.
            await File.WriteAllLinesAsync(path, lines[..^1], TestContext.Current.CancellationToken);
            Assert.Null(AuditCheck.Of(path, key, token: TestContext.Current.CancellationToken).Problem);
            Assert.Contains(
                "is not in it", AuditCheck.Of(path, key, check.Head.ToString(), TestContext.Current.CancellationToken).Problem);
            var other = ServerKey.Parse(new string('0', 64));
            Assert.NotNull(AuditCheck.Of(path, other, token: TestContext.Current.CancellationToken).Problem);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // A changed, a dropped, a doubled and two exchanged records, each with the line where that shows.
    private static IEnumerable<(string[] Lines, int Line)> Tamperings(string[] lines)
    {
        yield return ([lines[0], lines[1].Replace("200", "403"), lines[2], lines[3]], 2);
        yield return ([lines[0], lines[2], lines[3]], 2);
        yield return ([lines[1], lines[2], lines[3]], 1);
        yield return ([lines[0], lines[0], .. lines[1..]], 2);
        yield return ([lines[0], lines[2], lines[1], lines[3]], 2);
        yield return ([lines[0], "{}", .. lines[1..]], 2);
    }

    [Fact]
    public async Task A_record_that_a_crash_cut_off_is_taken_away_and_noted()
    {
        var folder = Directory.CreateTempSubdirectory("tensorwasm-audit-");
        try
        {
            await using (var gateway = await TestGateway.StartAsync(folder: folder.FullName)) await gateway.DeployAsync(Guests.Add);
            var path = Path.Combine(folder.FullName, "audit.log");
            await File.AppendAllTextAsync(path, "{\"seq\":2,\"ts_un", TestContext.Current.CancellationToken);
            await using (var gateway = await TestGateway.StartAsync(folder: folder.FullName)) await gateway.DeployAsync(Guests.Add);
            var check = AuditCheck.Of(path, ServerKey.Open(folder.FullName), token: TestContext.Current.CancellationToken);
            Assert.Null(check.Problem);
            Assert.Equal(3, check.Records);
            Assert.Contains("audit_recovered", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_required_log_is_written_before_anything_happens_and_refuses_when_it_can_t_be()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "there is no /dev/full here");
        await using var gateway = await TestGateway.StartAsync(options => options with { AuditRequired = true });
        await gateway.DeployAsync(Guests.Add);
        var records = await gateway.AuditAsync();
        Assert.Equal("begin", records[0].GetProperty("phase").GetString());
        Assert.Equal("create_function", records[1].GetProperty("action").GetString());

        using var sink = new FailingSink();
        await using var log = new AuditLog(
            sink, ServerKey.Parse(new string('1', 64)), true, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        var record = new AuditEvent { UnixMilliseconds = 0, Action = "test" };
        sink.IsFailing = true;
        Assert.False(await log.AppendAsync(record));
        Assert.False(log.IsHealthy);
        sink.IsFailing = false;
        Assert.True(await log.AppendAsync(record));
        Assert.True(log.IsHealthy);
        // The gap is in the log, before what came after it.
        Assert.Contains("\"action\":\"audit_gap\",\"resource\":{\"lost_records\":\"1\"}", sink.Text);
    }

    [Fact]
    public async Task A_second_server_does_not_get_the_same_log()
    {
        await using var gateway = await TestGateway.StartAsync();
        var log = $"file:{Path.Combine(gateway.Folder, "audit.log")}";
        await Assert.ThrowsAsync<IOException>(() => TestGateway.StartAsync(options => options with { AuditLog = log }));
    }

    [Fact]
    public void A_log_goes_on_in_a_new_file()
    {
        var folder = Directory.CreateTempSubdirectory("tensorwasm-audit-");
        try
        {
            var path = Path.Combine(folder.FullName, "a.log");
            var key = ServerKey.Parse(new string('2', 64));
            for (var round = 0; round < 3; round++)
            {
                using var file = new AuditFile(path, 1000);
                using var hasher = System.Security.Cryptography.IncrementalHash.CreateHMAC(
                    System.Security.Cryptography.HashAlgorithmName.SHA256, AuditLog.AuditKey(key));
                for (var i = 0; i < 5; i++)
                {
                    var buffer = new System.Buffers.ArrayBufferWriter<byte>();
                    var hash = file.Head.Hash.ToArray();
                    var next = file.Head.Sequence + 1;
                    AuditFormat.Append(
                        buffer, new AuditEvent { UnixMilliseconds = next, Action = "test" }, next, hash, hasher);
                    file.Write(buffer.WrittenSpan, false, new AuditHead(next, hash));
                }
            }
            Assert.True(AuditFile.FilesOf(path).Count > 3);
            var check = AuditCheck.Of(path, key, token: TestContext.Current.CancellationToken);
            Assert.Null(check.Problem);
            Assert.Equal(15, check.Records);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
