namespace TensorWasm.Gpu;

/// <summary>What a kernel takes of a device (cuFuncGetAttribute).</summary>
/// <param name="Registers">Registers of a thread (NUM_REGS); 0 where there is no such number.</param>
/// <param name="SharedBytes">Static shared memory of a block (SHARED_SIZE_BYTES).</param>
/// <param name="LocalBytes">Local memory of a thread, spills included (LOCAL_SIZE_BYTES).</param>
/// <param name="MaxThreadsPerBlock">Largest block it can be launched with (MAX_THREADS_PER_BLOCK).</param>
public readonly record struct KernelResources(int Registers, int SharedBytes, int LocalBytes, int MaxThreadsPerBlock);
