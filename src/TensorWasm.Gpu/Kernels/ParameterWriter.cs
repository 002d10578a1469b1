using System.Globalization;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Gpu;

/// <summary>
/// Fills a kernel's parameter block (PTX ISA 5.1.6.1) argument by argument, and refuses each that is not what the
/// kernel declares: a driver would read as many bytes as the kernel declares, whatever it was given.
/// </summary>
/// <param name="kernel">The kernel's name, for messages.</param>
/// <param name="signature">What the kernel declares.</param>
/// <param name="block">At least <see cref="KernelSignature.Size"/> bytes.</param>
public ref struct ParameterWriter(string kernel, KernelSignature signature, Span<byte> block)
{
    private readonly Span<byte> _block = block[..signature.Size];
    private int _count;

    /// <summary>Adds the next argument.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="value">Its bytes, little-endian.</param>
    /// <exception cref="GpuException"><see cref="GpuErrorCode.InvalidArguments"/>: the kernel declares something else.
    /// </exception>
    public void Add(ArgumentKind kind, scoped ReadOnlySpan<byte> value)
    {
        var parameters = signature.Parameters;
        if (_count == parameters.Count)
        {
            throw Wrong($"takes {parameters.Count} arguments and was given more");
        }
        var parameter = parameters[_count];
        if (!Matches(kind, parameter) || value.Length != parameter.Size)
        {
            throw Wrong(string.Create(
                CultureInfo.InvariantCulture,
                $"argument {_count} is {Describe(kind, value.Length)}, but parameter '{parameter.Name}' is "
                + $"{Describe(parameter)}"));
        }
        if (_count == 0)
        {
            _block.Clear();
        }
        value.CopyTo(_block[parameter.Offset..]);
        _count++;
    }

    /// <summary>Says that there are no more arguments.</summary>
    /// <exception cref="GpuException"><see cref="GpuErrorCode.InvalidArguments"/>: the kernel declares
    /// more.</exception>
    public readonly void Finish()
    {
        if (_count != signature.Parameters.Count)
        {
            throw Wrong($"takes {signature.Parameters.Count} arguments and was given {_count}");
        }
    }

    // Compilers declare pointers as plain 64-bit integers more often than not, and bit types may hold floats.
    private static bool Matches(ArgumentKind kind, KernelParameter declared) => kind switch
    {
        ArgumentKind.Int32 or ArgumentKind.Int64 => declared.Kind is ParameterKind.Integer or ParameterKind.Pointer,
        ArgumentKind.Float32 or ArgumentKind.Float64 =>
            declared.Kind is ParameterKind.Float || declared.Type.Class is TypeClass.Bits,
        ArgumentKind.Pointer => declared.Kind is ParameterKind.Pointer or ParameterKind.Integer,
        _ => declared.Kind is not ParameterKind.Pointer,
    };

    private static string Describe(ArgumentKind kind, int bytes) =>
        kind == ArgumentKind.Bytes ? $"{bytes} bytes" : $"{kind} ({bytes} bytes)";

    private static string Describe(KernelParameter parameter) =>
        $"{parameter.Kind} ({parameter.Size} bytes, {parameter.Type})";

    private readonly GpuException Wrong(string what) =>
        new(GpuErrorCode.InvalidArguments, $"kernel '{kernel}': {what}");
}
