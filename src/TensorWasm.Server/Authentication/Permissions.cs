namespace TensorWasm.Server;

/// <summary>What a token allows. A token has a set of them, and a set of tenants; both must allow a request.</summary>
[Flags]
public enum Permissions
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary><c>functions:read</c>: list functions and read their settings.</summary>
    FunctionsRead = 1,

    /// <summary><c>functions:write</c>: deploy, update and delete functions.</summary>
    FunctionsWrite = 2,

    /// <summary><c>invoke</c>: call functions, also as jobs and streams.</summary>
    Invoke = 4,

    /// <summary><c>jobs</c>: read, list and cancel jobs.</summary>
    Jobs = 8,

    /// <summary><c>kernels:read</c>: list and read the kernels that the tenant may see.</summary>
    KernelsRead = 16,

    /// <summary><c>kernels:publish</c>: publish kernels under the tenant.</summary>
    KernelsPublish = 32,

    /// <summary><c>models</c>: use the OpenAI routes.</summary>
    Models = 64,

    /// <summary><c>metrics</c>: read the metrics, with tenants told apart.</summary>
    Metrics = 128,

    /// <summary><c>usage</c>: read the tenant's own accounts.</summary>
    Usage = 256,

    /// <summary><c>admin</c>: tenants, tokens, quotas and the audit log.</summary>
    Admin = 512,

    /// <summary>What a tenant's developer needs: everything but publishing, metrics and administration.</summary>
    Developer = FunctionsRead | FunctionsWrite | Invoke | Jobs | KernelsRead | Models | Usage,

    /// <summary>All of them.</summary>
    All = Developer | KernelsPublish | Metrics | Admin,
}
