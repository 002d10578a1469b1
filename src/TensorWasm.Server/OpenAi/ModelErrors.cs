namespace TensorWasm.Server;

/// <summary>Refusals that the OpenAI routes share.</summary>
internal static class ModelErrors
{
    internal static GatewayError NotFound(string name) => new(
        ErrorKind.NotFound, 404, $"The model '{(name.Length > 100 ? name[..100] : name)}' does not exist, or you have no access to it.")
    {
        Parameter = "model",
        Code = "model_not_found",
    };
}
