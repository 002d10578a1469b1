using System.Buffers.Binary;
using TensorWasm.Engine;
using TensorWasm.Gpu;

namespace TensorWasm.Host;

/// <summary>
/// Reads a launch's argument records, each a tag and a value, into a kernel's parameter block. Which tags there are is
/// in tensorwasm-gpu.wit (<c>argument</c>); <c>wasi:cuda</c> has the first seven.
/// </summary>
internal readonly ref struct ArgumentReader
{
    private const byte Int32 = 1;
    private const byte Int64 = 2;
    private const byte Float32 = 3;
    private const byte Float64 = 4;
    private const byte UInt32 = 5;
    private const byte UInt64 = 6;
    private const byte Pointer = 7;
    private const byte Buffer = 8;
    private const byte Bytes = 9;

    private readonly Caller _caller;
    private readonly ulong _linearBase;
    private readonly HandleTable<DeviceBuffer>? _buffers;

    /// <param name="caller">Whose linear memory pointers mean.</param>
    /// <param name="linearBase">Where the device finds that memory.</param>
    /// <param name="buffers">The buffers that may be named; null where only the first seven tags exist.</param>
    internal ArgumentReader(Caller caller, ulong linearBase, HandleTable<DeviceBuffer>? buffers)
    {
        _caller = caller;
        _linearBase = linearBase;
        _buffers = buffers;
    }

    /// <summary>Fills a kernel's parameters.</summary>
    /// <exception cref="HostCallException">A record is wrong.</exception>
    /// <exception cref="GpuException">The records do not match what the kernel declares.</exception>
    internal void Read(ReadOnlySpan<byte> records, ref ParameterWriter parameters)
    {
        for (var count = 0; !records.IsEmpty; count++)
        {
            if (count == GuestLimits.ArgumentRecords)
            {
                throw new HostCallException(
                    HostError.ArgumentsUnsupported, $"a launch takes at most {GuestLimits.ArgumentRecords} arguments");
            }
            var tag = records[0];
            records = records[1..];
            switch (tag)
            {
                case Int32 or UInt32:
                    parameters.Add(ArgumentKind.Int32, Take(ref records, 4, count));
                    break;
                case Int64 or UInt64:
                    parameters.Add(ArgumentKind.Int64, Take(ref records, 8, count));
                    break;
                case Float32:
                    parameters.Add(ArgumentKind.Float32, Take(ref records, 4, count));
                    break;
                case Float64:
                    parameters.Add(ArgumentKind.Float64, Take(ref records, 8, count));
                    break;
                case Pointer:
                    AddAddress(ref parameters, ToDevice(Take(ref records, 8, count)));
                    break;
                case Buffer when _buffers is not null:
                    AddAddress(ref parameters, AddressIn(Take(ref records, 12, count)));
                    break;
                case Bytes when _buffers is not null:
                    var length = BinaryPrimitives.ReadUInt32LittleEndian(Take(ref records, 4, count));
                    parameters.Add(ArgumentKind.Bytes, Take(ref records, length, count));
                    break;
                default:
                    throw new HostCallException(
                        HostError.InvalidArguments, $"argument {count} has the unknown tag 0x{tag:x2}");
            }
        }
        parameters.Finish();
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> records, uint bytes, int argument)
    {
        if ((uint)records.Length < bytes)
        {
            throw new HostCallException(
                HostError.InvalidArguments,
                $"argument {argument} needs {bytes} bytes, but the record has only {records.Length} left");
        }
        var value = records[..(int)bytes];
        records = records[(int)bytes..];
        return value;
    }

    private static void AddAddress(ref ParameterWriter parameters, ulong address)
    {
        Span<byte> value = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(value, address);
        parameters.Add(ArgumentKind.Pointer, value);
    }

    private ulong ToDevice(ReadOnlySpan<byte> value) => GuestWindow.ToDevice(
        _caller,
        _linearBase,
        BinaryPrimitives.ReadUInt32LittleEndian(value),
        BinaryPrimitives.ReadUInt32LittleEndian(value[4..]));

    private ulong AddressIn(ReadOnlySpan<byte> value)
    {
        var handle = BinaryPrimitives.ReadUInt32LittleEndian(value);
        var offset = BinaryPrimitives.ReadUInt64LittleEndian(value[4..]);
        if (!_buffers!.TryGet(handle, out var buffer))
        {
            throw new HostCallException(HostError.InvalidHandle, $"there is no buffer {handle}");
        }
        return offset <= buffer.Length
            ? buffer.Address + offset
            : throw new HostCallException(
                HostError.InvalidPointer, $"offset {offset} is outside buffer {handle} of {buffer.Length} bytes");
    }
}
