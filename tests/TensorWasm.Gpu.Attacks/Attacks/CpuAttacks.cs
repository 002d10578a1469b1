namespace TensorWasm.Gpu.Attacks;

/// <summary>The attacks on the processor as a device.</summary>
public sealed class CpuAttacks() : AttackSuite(DeviceKind.Cpu);
