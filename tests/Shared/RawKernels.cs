using System.Text;
using TensorWasm.Gpu;

namespace TensorWasm.TestSupport;

/// <summary>Kernels that no fence has seen, launched past the product's own door: what a defect of a fence would let through.</summary>
internal static unsafe class RawKernels
{
    /// <summary>Freeing what runs would wait for it.</summary>
    private static readonly System.Collections.Concurrent.ConcurrentBag<object> Kept = [];

    private const string Ptx = """
        .version 7.0
        .target sm_70
        .address_size 64
        .visible .entry fault()
        {
            .reg .b64 %d;
            mov.u64 %d, 64;
            st.global.u64 [%d], %d;
            ret;
        }
        .visible .entry misaligned(.param .u64 at)
        {
            .reg .b64 %d<2>;
            ld.param.u64 %d0, [at];
            add.u64 %d1, %d0, 1;
            st.global.u64 [%d1], %d0;
            ret;
        }
        .visible .entry trap()
        {
            trap;
            ret;
        }
        .visible .entry hang()
        {
        AGAIN:
            bra AGAIN;
        }
        """;

    /// <summary>
    /// Launches one on a device whose context is current, in a stream of its own: one thread, but for the one that hangs,
    /// which fills the device.
    /// </summary>
    /// <returns>What the driver answered to the launch.</returns>
    internal static CudaResult Launch(CudaDevice device, string name, ulong address) => Prepare(device, name, address)();

    /// <summary>What launches one: loading it may wait for kernels that run.</summary>
    internal static Func<CudaResult> Prepare(CudaDevice device, string name, ulong address)
    {
        device.Context.Enter();
        var library = CudaLibraryHandle.Load(CudaAssembler.Assemble(Encoding.UTF8.GetBytes(Ptx), "raw kernels"));
        var function = CudaCode.FindFunction(library, name);
        var stream = CudaStreamHandle.Create();
        Kept.Add(library);
        Kept.Add(stream);
        var blocks = name == "hang" ? (uint)device.Info.Multiprocessors * 64 : 1;
        return () =>
        {
            device.Context.Enter();
            var value = address;
            void* parameter = &value;
            return Interop.Cuda.cuLaunchKernel(function, blocks, 1, 1, 32, 1, 1, 0, stream.Value, &parameter, null);
        };
    }
}
