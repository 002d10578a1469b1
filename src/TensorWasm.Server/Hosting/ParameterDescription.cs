namespace TensorWasm.Server;

/// <summary>A parameter in the OpenAPI document.</summary>
/// <param name="In"><c>query</c> or <c>header</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Type">The JSON type of its value.</param>
/// <param name="Description">What it means.</param>
internal sealed record ParameterDescription(string In, string Name, string Type, string Description);
