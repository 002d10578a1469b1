using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>A gateway that serves: Kestrel, the routes, and the runtime below them.</summary>
public sealed partial class GatewayHost : IAsyncDisposable
{
    /// <summary>What the answers of guests that were stopped at the end of the drain time may take to leave.</summary>
    private static readonly TimeSpan LastAnswers = TimeSpan.FromSeconds(2);

    private readonly GatewayOptions _options;
    private readonly GatewayParts _parts;
    private readonly WebApplication _app;
    private readonly Supervision? _supervision;
    private bool _isStopped;

    private GatewayHost(GatewayOptions options, GatewayParts parts, WebApplication app, Supervision? supervision) =>
        (_options, _parts, _app, _supervision) = (options, parts, app, supervision);

    /// <summary>Where it listens, with the port that was taken.</summary>
    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features
        .GetRequiredFeature<IServerAddressesFeature>().Addresses.First());

    /// <summary>The runtime that runs the guests.</summary>
    public TensorWasmRuntime Runtime => _parts.Runtime;

    /// <summary>
    /// Completes with the reason when a device has failed and is not opened again in this process; kernels are answered
    /// an error from then on.
    /// </summary>
    public Task<string> DeviceLoss => _parts.DeviceWatch.Loss;

    /// <summary>What the router has, for the test that compares it with the OpenAPI document.</summary>
    internal IReadOnlyList<Endpoint> Endpoints =>
        [.. ((IEndpointRouteBuilder)_app).DataSources.SelectMany(source => source.Endpoints)];

    /// <summary>Starts a gateway; when this returns, it serves.</summary>
    /// <exception cref="IOException">The address is taken, the data folder or the audit log can't be used.</exception>
    /// <exception cref="FormatException">A key, a token or a certificate can't be read.</exception>
    /// <exception cref="StateUnavailableException">The database can't be opened.</exception>
    public static async Task<GatewayHost> StartAsync(
        GatewayOptions options, GatewayEnvironment environment, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(environment);
        var builder = WebApplication.CreateEmptyBuilder(new() { ApplicationName = "tensorwasm" });
        builder.Logging.SetMinimumLevel(options.LogLevel);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        // Otherwise the host makes an activity of its own for each request, which nobody sees, and a scope for its messages.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        // What fails at the start or at the end is thrown, too: its caller says it.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        environment.ConfigureLogging(builder.Logging);
        builder.Services.AddRoutingCore();
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(host => host.ShutdownTimeout = options.Drain + LastAnswers);
        KestrelSetup.Configure(builder.WebHost, options);
        if (environment.Supervision is { } supervision)
        {
            builder.Services.AddSingleton<IConnectionListenerFactory>(services => new InheritedListenerFactory(
                supervision, services.GetRequiredService<IMemoryPoolFactory<byte>>(),
                services.GetRequiredService<ILoggerFactory>()));
        }
        var app = builder.Build();
        GatewayParts? parts = null;
        try
        {
            parts = await GatewayParts.CreateAsync(
                options, environment, app.Services.GetRequiredService<ILoggerFactory>(), token).ConfigureAwait(false);
            Map(app, parts);
            await ListenAsync(app, options, token).ConfigureAwait(false);
        }
        catch
        {
            await app.DisposeAsync().ConfigureAwait(false);
            if (parts is not null) await parts.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        var host = new GatewayHost(options, parts, app, environment.Supervision);
        parts.Readiness.Start();
        LogListening(parts.Log, host.Address, options.DevelopmentMode);
        if (parts.Tokens.IsEmpty && !options.DevelopmentMode) LogNobody(parts.Log);
        return host;
    }

    /// <summary>
    /// Stops: new connections are refused at once, requests that run may end within the drain time, then their guests
    /// are stopped.
    /// </summary>
    public async Task StopAsync()
    {
        if (_isStopped) return;
        _isStopped = true;
        if (_supervision is not null) await _supervision.StopAcceptingAsync().ConfigureAwait(false);
        _parts.Readiness.Stop();
        LogStopping(_parts.Log, _options.Drain.TotalSeconds);
        using var limit = new CancellationTokenSource(_options.Drain + LastAnswers);
        // Both at once: requests end when their guests do.
        var drained = _parts.Runtime.DrainAsync(_options.Drain);
        await _app.StopAsync(limit.Token).ConfigureAwait(false);
        await drained.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        await _parts.DisposeAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task ListenAsync(WebApplication app, GatewayOptions options, CancellationToken token)
    {
        try
        {
            await app.StartAsync(token).ConfigureAwait(false);
        }
        catch (Exception e) when (SocketErrorOf(e) is { } reason)
        {
            throw ListenSocket.Refused(options.Listen, reason);
        }
    }

    /// <summary>Kestrel wraps some errors of the socket that listens, once or twice.</summary>
    private static SocketException? SocketErrorOf(Exception? exception)
    {
        while (exception is not (null or SocketException)) exception = exception.InnerException;
        return exception as SocketException;
    }

    private static void Map(WebApplication app, GatewayParts parts)
    {
        var pipeline = parts.Pipeline;
        foreach (var route in parts.Routes)
        {
            app.MapMethods(route.Pattern, [route.Method], (RequestDelegate)(context => pipeline.RunAsync(context, route)))
                .WithMetadata(route);
        }
        app.Use((context, next) =>
        {
            if (parts.CrossOrigin.Answer(context)) return Task.CompletedTask;
            var endpoint = context.GetEndpoint();
            if (endpoint?.Metadata.GetMetadata<Route>() is not null) return next(context);
            return pipeline.RunAsync(context, UnknownRoutes.For(context.Request.Path, endpoint is not null));
        });
    }

    [LoggerMessage(1101, LogLevel.Information, "Listening on {Address} (development mode: {IsDevelopment})",
        EventName = "Listening")]
    private static partial void LogListening(ILogger logger, Uri address, bool isDevelopment);

    [LoggerMessage(1102, LogLevel.Warning, "There is no token yet, so nobody is served: set TENSOR_WASM_API_ADMIN_TOKEN "
        + "and make some with 'tensorwasm token create'", EventName = "NoTokens")]
    private static partial void LogNobody(ILogger logger);

    [LoggerMessage(1103, LogLevel.Information, "Stopping; running requests have {Seconds} s", EventName = "Stopping")]
    private static partial void LogStopping(ILogger logger, double seconds);
}
