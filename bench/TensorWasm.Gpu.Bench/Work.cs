using System.Buffers.Binary;

namespace TensorWasm.Gpu.Bench;

/// <summary>A sample's kernel, loaded, with its buffers.</summary>
internal sealed class Work : IDisposable
{
    private readonly Sample _sample;
    private readonly LoadedModule _module;
    private readonly LoadedKernel _kernel;
    private readonly GpuStream _stream;
    private readonly byte[] _parameters;
    private readonly List<DeviceBuffer> _buffers = [];
    private readonly DeviceBuffer? _result;

    public Work(Region region, Sample sample, LoadedModule module)
    {
        _sample = sample;
        _module = module;
        _kernel = module.FindKernel(sample.Kernel) ?? throw new InvalidOperationException($"no kernel {sample.Kernel}");
        _stream = region.DefaultStream;
        _parameters = new byte[_kernel.Kernel.Signature.Size];
        for (int i = 0; i < sample.Arguments.Length; i++)
        {
            Span<byte> at = _parameters.AsSpan(_kernel.Kernel.Signature.Parameters[i].Offset);
            switch (sample.Arguments[i])
            {
                case uint value:
                    BinaryPrimitives.WriteUInt32LittleEndian(at, value);
                    break;
                case float value:
                    BinaryPrimitives.WriteSingleLittleEndian(at, value);
                    break;
                case Array values:
                    ReadOnlySpan<byte> bytes = Sample.BytesOf(values);
                    DeviceBuffer buffer = region.Allocate((ulong)bytes.Length);
                    buffer.Write(0, bytes);
                    _buffers.Add(buffer);
                    BinaryPrimitives.WriteUInt64LittleEndian(at, buffer.Address);
                    _result = i == sample.ResultIndex ? buffer : _result;
                    break;
            }
        }
    }

    public void Launch()
    {
        if (_sample.Accumulates)
        {
            _result!.Fill(0, _result.Length, 0);
        }

        _stream.Launch(_kernel, _sample.Shape, _parameters);
        _stream.Wait();
    }

    /// <summary>What is different between the device's result and the loop's; empty when nothing is.</summary>
    public string Difference()
    {
        switch (_sample.Result)
        {
            case float[] expected:
                var floats = new float[expected.Length];
                _result!.Read(0, System.Runtime.InteropServices.MemoryMarshal.AsBytes(floats.AsSpan()));
                for (int i = 0; i < expected.Length; i++)
                {
                    float scale = Math.Max(1, Math.Abs(expected[i]));
                    if (!(Math.Abs(floats[i] - expected[i]) <= _sample.Tolerance * scale))
                    {
                        return $"[{i}] is {floats[i]}, not {expected[i]}";
                    }
                }

                return "";
            default:
                var words = new byte[Sample.BytesOf(_sample.Result).Length];
                _result!.Read(0, words);
                int at = ((ReadOnlySpan<byte>)words).CommonPrefixLength(Sample.BytesOf(_sample.Result));
                return at == words.Length
                    ? ""
                    : $"word {at / 4} is {BitConverter.ToUInt32(words, at / 4 * 4)}, not {BitConverter.ToUInt32(Sample.BytesOf(_sample.Result)[(at / 4 * 4)..])}";
        }
    }

    public void Dispose()
    {
        _buffers.ForEach(buffer => buffer.Dispose());
        _module.Dispose();
    }
}
