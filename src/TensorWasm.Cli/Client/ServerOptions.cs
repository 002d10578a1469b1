using System.CommandLine;

namespace TensorWasm.Cli;

/// <summary>The options of all verbs that talk to a server: where it is, and as whom.</summary>
internal sealed class ServerOptions
{
    private const string DefaultServer = "http://127.0.0.1:8080";

    private readonly Option<string?> _server = new("--server")
    {
        Description = $"The server; by default $TENSOR_WASM_SERVER, or {DefaultServer}.",
        HelpName = "url",
    };

    private readonly ValueOption<ulong> _tenant =
        CommonOptions.Tenant("--tenant", "The tenant to act for, where the token is good for several.");

    private readonly Option<string?> _tokenFile = new("--token-file")
    {
        Description = "A file with the bearer token; by default the token is $TENSOR_WASM_TOKEN.",
        HelpName = "file",
    };

    internal void AddTo(Command command)
    {
        command.Add(_server);
        command.Add(_tenant);
        command.Add(_tokenFile);
    }

    internal ApiClient Connect(ParseResult parsed, CliContext context)
    {
        var server = parsed.GetValue(_server) ?? Environment.GetEnvironmentVariable("TENSOR_WASM_SERVER") ?? DefaultServer;
        if (!Uri.TryCreate(server, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw new CliException($"'{server}' is no http or https URL.", ExitCodes.Usage);
        }
        return new ApiClient(context, address, ReadToken(parsed), _tenant.Read(parsed));
    }

    private string? ReadToken(ParseResult parsed)
    {
        if (parsed.GetValue(_tokenFile) is not { } file) return Environment.GetEnvironmentVariable("TENSOR_WASM_TOKEN");
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(e.Message);
        }
    }
}
