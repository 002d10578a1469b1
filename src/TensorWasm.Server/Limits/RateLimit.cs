namespace TensorWasm.Server;

/// <summary>A token bucket: so many requests a second on average, so many at once.</summary>
/// <param name="PerSecond">Permits that come back each second; above 0.</param>
/// <param name="Burst">Permits that the bucket holds; at least 1.</param>
public readonly record struct RateLimit(double PerSecond, int Burst);
