namespace TensorWasm.Gpu.Attacks;

/// <summary>The attacks on a GPU.</summary>
public sealed class CudaAttacks() : AttackSuite(DeviceKind.Cuda);
