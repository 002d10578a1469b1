using System.Text.Json.Serialization;

namespace TensorWasm.Runtime.State;

/// <summary>The serializer's generated part. Members that a later version wrote are passed over.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TenantQuota))]
[JsonSerializable(typeof(FunctionSettings))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class StateJsonContext : JsonSerializerContext;
