using System.Globalization;

namespace TensorWasm.Gpu;

/// <summary>What a device is and can do. Names in parentheses are the driver's attributes.</summary>
public sealed record DeviceInfo
{
    /// <summary>What executes kernels.</summary>
    public required DeviceKind Kind { get; init; }

    /// <summary>Its number among the devices of its kind, from 0.</summary>
    public required int Ordinal { get; init; }

    /// <summary>What it is called where one is chosen: <c>cuda:1</c>, or <c>cpu</c>.</summary>
    public string Id => Kind == DeviceKind.Cuda ? string.Create(CultureInfo.InvariantCulture, $"cuda:{Ordinal}") : "cpu";

    /// <summary>Its name as its maker gives it (cuDeviceGetName).</summary>
    public required string Name { get; init; }

    /// <summary>Compute capability times 10, such as 90 (COMPUTE_CAPABILITY_MAJOR, _MINOR).</summary>
    public required int Architecture { get; init; }

    /// <summary>Bytes of memory (cuDeviceTotalMem).</summary>
    public required ulong MemoryBytes { get; init; }

    /// <summary>Multiprocessors (MULTIPROCESSOR_COUNT), or threads that run blocks.</summary>
    public required int Multiprocessors { get; init; }

    /// <summary>Most threads that a multiprocessor holds (MAX_THREADS_PER_MULTIPROCESSOR); 0 for a processor.</summary>
    public int MaxThreadsPerMultiprocessor { get; init; }

    /// <summary>Registers of 32 bits of a multiprocessor (MAX_REGISTERS_PER_MULTIPROCESSOR); 0 for a processor.</summary>
    public int RegistersPerMultiprocessor { get; init; }

    /// <summary>Most threads of a block (MAX_THREADS_PER_BLOCK).</summary>
    public int MaxThreadsPerBlock { get; init; } = 1024;

    /// <summary>Most threads of a block in each direction (MAX_BLOCK_DIM_X, _Y, _Z).</summary>
    public Dim3 MaxBlock { get; init; } = new(1024, 1024, 64);

    /// <summary>Most blocks in each direction (MAX_GRID_DIM_X, _Y, _Z).</summary>
    public Dim3 MaxGrid { get; init; } = new(int.MaxValue, 65535, 65535);

    /// <summary>Most bytes of shared memory of a block (MAX_SHARED_MEMORY_PER_BLOCK_OPTIN).</summary>
    public required int MaxSharedBytesPerBlock { get; init; }

    /// <summary>Threads of a warp (WARP_SIZE).</summary>
    public int WarpSize { get; init; } = 32;

    /// <summary>The driver's version, such as "13.0", or the runtime's for a processor.</summary>
    public required string DriverVersion { get; init; }

    /// <summary>Where it sits on the bus (cuDeviceGetPCIBusId); null for a processor.</summary>
    public string? BusId { get; init; }
}
