namespace TensorWasm.Server;

/// <summary>
/// The values of <c>error.kind</c>. Clients branch on them: they are part of the interface, the sentences beside them
/// are not.
/// </summary>
internal static class ErrorKind
{
    internal const string InvalidJson = "invalid_json";
    internal const string InvalidName = "invalid_name";
    internal const string InvalidBase64 = "invalid_base64";
    internal const string InvalidWasm = "invalid_wasm";
    internal const string MissingExport = "missing_export";
    internal const string InvalidArguments = "invalid_args";
    internal const string InvalidRequest = "invalid_request";
    internal const string MissingTenant = "missing_tenant";
    internal const string DigestMismatch = "digest_mismatch";
    internal const string Unauthorized = "unauthorized";
    internal const string TenantScopeDenied = "tenant_scope_denied";
    internal const string TenantSuspended = "tenant_suspended";
    internal const string ActionDenied = "action_denied";
    internal const string HostNotAllowed = "host_not_allowed";
    internal const string KernelPublishDisabled = "kernel_publish_disabled_in_dev_mode";
    internal const string KernelPublishScopeRequired = "kernel_publish_scope_required";
    internal const string PublisherNotAllowed = "publisher_not_allowed";
    internal const string BadSignature = "bad_signature";
    internal const string NotFound = "not_found";
    internal const string MethodNotAllowed = "method_not_allowed";
    internal const string AlreadyRegistered = "already_registered";
    internal const string Conflict = "conflict";
    internal const string Cancelled = "cancelled";
    internal const string RequestTimeout = "request_timeout";
    internal const string BodyTooLarge = "body_too_large";
    internal const string UnsupportedMediaType = "unsupported_media_type";
    internal const string RateLimited = "rate_limited";
    internal const string Overloaded = "overloaded";
    internal const string QuotaExceeded = "quota_exceeded";

    /// <summary>A trap, or an error of a host function. The name is TensorWasm's, whose engine was Wasmtime.</summary>
    internal const string GuestFailed = "wasmtime";

    internal const string Internal = "internal";
    internal const string KernelRegistryNotConfigured = "kernel_registry_not_configured";
    internal const string KernelRegistryStorageError = "kernel_registry_storage_error";
    internal const string AuditUnavailable = "audit_unavailable";
    internal const string Unavailable = "unavailable";
    internal const string DiskFull = "disk_full";
    internal const string InvokeTimeout = "invoke_timeout";
}
