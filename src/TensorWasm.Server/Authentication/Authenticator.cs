using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>Finds out who asks, and for which tenant.</summary>
internal sealed class Authenticator(
    TokenRegistry tokens, AddressSet proxies, bool isDevelopmentMode, bool isTenantRequired)
{
    private const string Scheme = "Bearer ";
    private const string TenantHeader = "X-TensorWasm-Tenant";

    /// <summary>The caller; null if nobody may be served.</summary>
    internal Caller? Find(HttpContext context)
    {
        if (isDevelopmentMode) return Caller.Developer;
        var header = context.Request.Headers.Authorization;
        if (header.Count != 1 || header[0] is not { } value) return null;
        return value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? tokens.Find(value.AsSpan(Scheme.Length).Trim())
            : null;
    }

    /// <summary>
    /// Settles the request's tenant: the header's; without one, the only tenant of the token, or else tenant 0. It is
    /// checked before anything is looked up, so that refusals tell nothing of what exists.
    /// </summary>
    internal GatewayError? SettleTenant(GatewayRequest request)
    {
        var header = request.Http.Request.Headers[TenantHeader];
        if (header.Count == 0)
        {
            if (isTenantRequired)
            {
                return GatewayError.Bad(ErrorKind.MissingTenant, $"This server wants each request to name its tenant in {TenantHeader}.");
            }
            request.Tenant = new TenantId(request.Caller.Scope.Single ?? 0);
        }
        else if (header.Count == 1 && TenantId.TryParse(header[0], null, out var tenant)) request.Tenant = tenant;
        else return GatewayError.Bad(ErrorKind.MissingTenant, $"{TenantHeader} is not one number from 0 to 2^64-1.");
        request.HasTenant = true;
        return request.Caller.Scope.Covers(request.Tenant.Value)
            ? null
            : GatewayError.Forbidden(ErrorKind.TenantScopeDenied, "This token is not good for that tenant.");
    }

    /// <summary>The subject of the client's certificate; null without one.</summary>
    internal string? CertificateSubject(HttpContext context) => ClientCertificate.Subject(context, proxies);
}
