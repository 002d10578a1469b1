using System.Net;

namespace TensorWasm.Server;

/// <summary>
/// How the gateway runs. Immutable; <see cref="Settings"/> has the name, the default and the meaning of each value, and
/// <see cref="SettingsReader"/> makes one of a file, the environment and flags.
/// </summary>
public sealed record GatewayOptions
{
    /// <summary>Where to listen.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 8080);

    /// <summary>The server certificate's PEM file; null: plain HTTP.</summary>
    public string? TlsCertificate { get; init; }

    /// <summary>The PEM file of its key; null: in the certificate's file.</summary>
    public string? TlsKey { get; init; }

    /// <summary>A PEM file of authorities whose client certificates are accepted; null: none is asked for.</summary>
    public string? TlsClientAuthorities { get; init; }

    /// <summary>Whether a client must show a certificate.</summary>
    public bool TlsRequireClientCertificate { get; init; }

    /// <summary>Whether plain HTTP may be served on other interfaces than loopback.</summary>
    public bool AllowPlaintextPublic { get; init; }

    /// <summary>Values of the Host header that are served, without ports; empty: any.</summary>
    public IReadOnlyList<string> TrustedHosts { get; init; } = [];

    /// <summary>Networks of proxies whose X-Forwarded-Client-Cert is believed.</summary>
    public string TrustedProxies { get; init; } = "";

    /// <summary>Origins of web pages that may call the API.</summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    /// <summary>The folder of the database, the blobs, the key and the audit log.</summary>
    public string DataFolder { get; init; } = "tensorwasm-data";

    /// <summary>A PostgreSQL connection string; null: SQLite in the data folder.</summary>
    public string? Database { get; init; }

    /// <summary>The server key, 64 hexadecimal digits; null: the data folder's key file.</summary>
    public string? ServerKey { get; init; }

    /// <summary>Bearer tokens in TensorWasm's form.</summary>
    public string Tokens { get; init; } = "";

    /// <summary>A token that may do everything, to begin with.</summary>
    public string? AdminToken { get; init; }

    /// <summary>Whether requests without a token are served as a developer's, on loopback only.</summary>
    public bool DevelopmentMode { get; init; }

    /// <summary>Whether each request must name its tenant.</summary>
    public bool RequireTenant { get; init; }

    /// <summary>A token for the metrics; null: they are open as long as they tell no tenants apart.</summary>
    public string? MetricsToken { get; init; }

    /// <summary>Configured tokens that may publish kernels.</summary>
    public IReadOnlyList<string> KernelPublishTokens { get; init; } = [];

    /// <summary>The key of HMAC-signed kernel manifests, 64 hexadecimal digits.</summary>
    public string? KernelHmacKey { get; init; }

    /// <summary>Publishers' Ed25519 keys: name=base64 with commas between.</summary>
    public IReadOnlyList<string> KernelPublishers { get; init; } = [];

    /// <summary>How often the tokens of a shared store are read again.</summary>
    public TimeSpan TokenRefresh { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The most bytes of a request's body: 64 MiB.</summary>
    public long MaxBodyBytes { get; init; } = 64L << 20;

    /// <summary>The most bytes of a request's headers: 32 KiB, as Kestrel.</summary>
    public int MaxHeaderBytes { get; init; } = 32 << 10;

    /// <summary>The most open connections.</summary>
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>How long a client may take to send its headers: 10 s.</summary>
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The least bytes a second that a client must send of its body and take of its answer: 240, as Kestrel.
    /// </summary>
    public double MinBytesPerSecond { get; init; } = 240;

    /// <summary>The rate limit of each token; null: none.</summary>
    public RateLimit? TokenRate { get; init; }

    /// <summary>The rate limit of each tenant whose quota has none; null: none.</summary>
    public RateLimit? TenantRate { get; init; }

    /// <summary>The audit log: <c>file:PATH</c>, <c>stdout</c> or <c>none</c>; null: audit.log in the data folder.</summary>
    public string? AuditLog { get; init; }

    /// <summary>Whether what can't be recorded is refused.</summary>
    public bool AuditRequired { get; init; }

    /// <summary>Bytes after which the audit log goes on in a new file: 256 MiB.</summary>
    public long AuditFileBytes { get; init; } = 256L << 20;

    /// <summary>Where traces and metrics are sent by OTLP; null: nowhere.</summary>
    public string? OtlpEndpoint { get; init; }

    /// <summary>How they are sent: <c>grpc</c>, or <c>http/protobuf</c> to the endpoint's paths v1/traces and v1/metrics.
    /// </summary>
    public string OtlpProtocol { get; init; } = "grpc";

    /// <summary>How many tenants have metrics of their own; the rest share one label. 0: no tenant labels.</summary>
    public int TenantMetrics { get; init; }

    /// <summary>Models by name: name:function with commas between, beside those that functions' labels declare.</summary>
    public string ModelMap { get; init; } = "";

    /// <summary>How long running requests may take when the server is told to stop.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The devices: <c>auto</c>, <c>cuda</c>, <c>cpu</c>, <c>none</c>, or GPUs by their numbers, such as <c>cuda:0,cuda:1</c>.
    /// </summary>
    public string Gpu { get; init; } = "auto";

    /// <summary>
    /// Whether a process of its own serves, which is started anew when its device is lost or it is killed.
    /// </summary>
    public bool Supervise { get; init; }

    /// <summary>The least level of log messages.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;
}
