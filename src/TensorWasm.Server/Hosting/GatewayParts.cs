using System.Globalization;
using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>Everything that a gateway is made of, put together in one place, from the bottom to the top.</summary>
internal sealed partial class GatewayParts : IAsyncDisposable
{
    private readonly GatewayDevices _devices;
    private readonly RateLimits _rates;
    private readonly MetricRegistry _metricRegistry;
    private readonly GatewayMetrics _metrics;
    private readonly TelemetryExport? _export;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _refreshing;

    private GatewayParts(
        GatewayOptions options, GatewayEnvironment environment, TensorWasmRuntime runtime, GatewayDevices devices,
        ServerKey key, ILogger log)
    {
        var time = environment.Time;
        (Runtime, _devices, Log) = (runtime, devices, log);
        Tokens = new TokenRegistry(runtime.Tokens, key, time);
        foreach (var warning in environment.Warnings) LogWarning(log, warning);
        AddConfiguredTokens(options);
        Audit = new AuditLog(OpenSink(options, environment), key, options.AuditRequired, time, log);
        _rates = new RateLimits(
            SpecialSettings.Effective(options.TokenRate), SpecialSettings.Effective(options.TenantRate));
        _metricRegistry = new MetricRegistry(this);
        var restarts = environment.Supervision?.Restarts ?? default;
        _metrics = new GatewayMetrics(this, () => Audit.Lost, runtime, options.TenantMetrics, restarts);
        _export = TelemetryExport.Start(options.OtlpEndpoint, options.OtlpProtocol);
        var tenants = new TenantRates(runtime.Tenants, time);
        var authenticator = new Authenticator(
            Tokens, AddressSet.Parse(options.TrustedProxies), options.DevelopmentMode, options.RequireTenant);
        var models = new ModelDirectory(runtime.Functions, options.ModelMap, time);
        Readiness = new Readiness(runtime.Tenants, Audit);
        CrossOrigin = new CrossOrigin(options.CorsOrigins);
        Pipeline = new GatewayPipeline(
            authenticator, _rates, Audit, new RefusalThrottle(time), tenants, _metrics,
            new HostList(options.TrustedHosts), time, log);
        Routes = OpenApiRoutes.With(
        [
            .. new OperationRoutes(Readiness, _metricRegistry, authenticator, Audit, options).Rows,
            .. new FunctionRoutes(runtime.Functions).Rows,
            .. new InvocationRoutes(runtime).Rows,
            .. new StreamRoutes(runtime, time).Rows,
            .. new JobRoutes(runtime.Jobs).Rows,
            .. new UsageRoutes(runtime, time).Rows,
            .. new TraceRoutes(runtime.Recent).Rows,
            .. new GenerationRoutes(runtime, models, _metrics, time).Rows,
            .. new EmbeddingRoutes(runtime, models, _metrics).Rows,
            .. new ModelRoutes(models).Rows,
            .. new KernelRoutes(runtime, new KernelTrust(options.KernelHmacKey, options.KernelPublishers), time).Rows,
            .. new TenantRoutes(runtime.Tenants, tenants, time).Rows,
            .. new TokenRoutes(Tokens, time).Rows,
        ]);
        _refreshing = RefreshAsync(options.TokenRefresh, time);
        DeviceWatch = new DeviceWatch(devices.Devices, time, log);
        if (restarts.Last is { } reason) Audit.Append(RestartRecord(restarts, reason, time));
    }

    internal TensorWasmRuntime Runtime { get; }

    internal ILogger Log { get; }

    internal TokenRegistry Tokens { get; }

    internal AuditLog Audit { get; }

    internal Readiness Readiness { get; }

    internal DeviceWatch DeviceWatch { get; }

    internal CrossOrigin CrossOrigin { get; }

    internal GatewayPipeline Pipeline { get; }

    internal IReadOnlyList<Route> Routes { get; }

    internal static async Task<GatewayParts> CreateAsync(
        GatewayOptions options, GatewayEnvironment environment, ILoggerFactory logging, CancellationToken token)
    {
        var log = logging.CreateLogger("TensorWasm.Server");
        CreateFolder(options.DataFolder);
        var key = options.ServerKey is { } text ? ServerKey.Parse(text) : ServerKey.Open(options.DataFolder);
        var devices = environment.OpenDevices is { } open ? new GatewayDevices(open(), null) : GatewayDevices.Open(options.Gpu, log);
        TensorWasmRuntime? runtime = null;
        GatewayParts? parts = null;
        try
        {
            var configuration = new RuntimeOptions
            {
                Folder = options.DataFolder,
                PostgresConnection = options.Database,
                Time = environment.Time,
                Devices = devices.Devices,
                OnFault = e => LogRuntimeFault(log, e),
            };
            if (devices.NoDeviceReason is { } reason) configuration = configuration with { NoDeviceReason = reason };
            runtime = await TensorWasmRuntime.OpenAsync(configuration, token).ConfigureAwait(false);
            parts = new GatewayParts(options, environment, runtime, devices, key, log);
            await parts.Tokens.RefreshAsync(token).ConfigureAwait(false);
            if (options.DevelopmentMode && !parts.Tokens.IsEmpty)
            {
                throw new FormatException("dev_mode: the database holds tokens; either they are asked for, or nobody is.");
            }
            return parts;
        }
        catch
        {
            if (parts is not null) await parts.DisposeAsync().ConfigureAwait(false);
            else
            {
                if (runtime is not null) await runtime.DisposeAsync().ConfigureAwait(false);
                devices.Dispose();
            }
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await DeviceWatch.DisposeAsync().ConfigureAwait(false);
        await _refreshing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Runtime.DisposeAsync().ConfigureAwait(false);
        _devices.Dispose();
        await Audit.DisposeAsync().ConfigureAwait(false);
        _export?.Dispose();
        _metrics.Dispose();
        _metricRegistry.Dispose();
        _rates.Dispose();
        Tokens.Dispose();
        _stopping.Dispose();
    }

    private static void CreateFolder(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"data: the folder {path} is not there and can't be made: {e.Message}", e);
        }
    }

    private void AddConfiguredTokens(GatewayOptions options)
    {
        var warnings = new List<string>();
        var number = 0;
        foreach (var (token, scope) in ConfiguredTokens.Parse(options.Tokens, warnings))
        {
            var permissions = Permissions.Developer | Permissions.Metrics;
            if (options.KernelPublishTokens.Contains(token)) permissions |= Permissions.KernelsPublish;
            Tokens.Add(token, $"configured-{++number}", scope, permissions);
        }
        if (options.AdminToken is { } admin) Tokens.Add(admin, "configured-admin", TenantScope.All, Permissions.All);
        foreach (var warning in warnings) LogWarning(Log, warning);
    }

    private static AuditEvent RestartRecord(Restarts restarts, RestartReason reason, TimeProvider time) => new()
    {
        UnixMilliseconds = time.GetUtcNow().ToUnixTimeMilliseconds(),
        Action = "restart_server",
        Resource =
        [
            new("reason", Restarts.NameOf(reason)),
            new("restarts", restarts.Total.ToString(CultureInfo.InvariantCulture)),
        ],
    };

    private static IAuditSink? OpenSink(GatewayOptions options, GatewayEnvironment environment) => options.AuditLog switch
    {
        "none" => null,
        "stdout" => new AuditStream(environment.StandardOutput ?? Stream.Null),
        null => new AuditFile(Path.Combine(options.DataFolder, "audit.log"), options.AuditFileBytes),
        var file => new AuditFile(file["file:".Length..], options.AuditFileBytes),
    };

    private async Task RefreshAsync(TimeSpan period, TimeProvider time)
    {
        using var timer = new PeriodicTimer(period, time);
        var isFailing = false;
        while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false))
        {
            try
            {
                await Tokens.RefreshAsync(_stopping.Token).ConfigureAwait(false);
                isFailing = false;
            }
            catch (StateUnavailableException e)
            {
                if (!isFailing) LogStale(Log, e);
                isFailing = true;
            }
        }
    }

    [LoggerMessage(1201, LogLevel.Warning, "{Warning}", EventName = "ConfigurationWarning")]
    private static partial void LogWarning(ILogger logger, string warning);

    [LoggerMessage(1202, LogLevel.Error, "The runtime failed", EventName = "RuntimeFault")]
    private static partial void LogRuntimeFault(ILogger logger, Exception exception);

    [LoggerMessage(1203, LogLevel.Warning, "The tokens can't be read again; those known stay in force",
        EventName = "TokensStale")]
    private static partial void LogStale(ILogger logger, Exception exception);
}
