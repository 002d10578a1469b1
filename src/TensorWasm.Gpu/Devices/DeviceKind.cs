namespace TensorWasm.Gpu;

/// <summary>What executes kernels.</summary>
public enum DeviceKind
{
    /// <summary>The processor: PTX is compiled to CIL.</summary>
    Cpu,

    /// <summary>An NVIDIA GPU, through the CUDA driver.</summary>
    Cuda,
}
