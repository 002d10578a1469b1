using TensorWasm.Ptx.Diagnostics;
using TensorWasm.Ptx.Ir;

namespace TensorWasm.Ptx.Semantics;

/// <summary>
/// A <c>.param</c> variable of a call sequence (PTX ISA 5.1.6.4). Calls are inlined, so it becomes registers: one for
/// each place that is accessed, all accesses to a place having one size.
/// </summary>
internal sealed class CallSlot(string name, long size)
{
    private readonly Register?[] _owners = new Register?[size];
    private readonly Dictionary<long, (Register Register, int Bytes)> _places = [];

    public long Size => size;

    public Register Place(long offset, int bytes, Func<Register> create)
    {
        if (offset < 0 || offset > size - bytes)
        {
            throw new BindFailure(
                PtxDiagnosticId.OutOfBounds, $"bytes {offset} to {offset + bytes - 1} lie outside '{name}' of {size}");
        }

        if (_places.TryGetValue(offset, out (Register Register, int Bytes) place))
        {
            return place.Bytes == bytes ? place.Register : throw Overlap();
        }

        Span<Register?> owners = _owners.AsSpan((int)offset, bytes);
        foreach (Register? owner in owners)
        {
            if (owner is not null)
            {
                throw Overlap();
            }
        }

        Register register = create();
        owners.Fill(register);
        _places.Add(offset, (register, bytes));
        return register;
    }

    private BindFailure Overlap() => new(
        PtxDiagnosticId.NotFenceable, $"accesses of different sizes overlap in the call parameter '{name}'");
}
