using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Ptx.Passes;

/// <summary>
/// Lays all variables of one space into a single one, so that the space a kernel may touch has one lower and one upper
/// end and the assembler's own order does not matter.
/// </summary>
internal static class MergeVariables
{
    /// <summary>The widest access: 16 bytes. Each merged variable has at least one and a multiple of them.</summary>
    public const int Granule = 16;

    /// <summary>A line of matrices: what is a multiple of it in a dynamic array is one in memory, too.</summary>
    private const int DynamicAlignment = 128;

    /// <summary>Merges shared and local variables of a kernel. Dynamic shared memory stays, behind the merged part.</summary>
    public static void Run(Kernel kernel, PtxLimits limits)
    {
        Merge([kernel], StateSpace.Shared, "__tw_shared", isModuleScope: false, limits);
        Merge([kernel], StateSpace.Local, "__tw_local", isModuleScope: false, limits);
    }

    /// <summary>Merges variables of a space over all kernels; returns what they became, or null when there are none.</summary>
    public static Variable? Merge(
        IReadOnlyList<Kernel> kernels, StateSpace space, string name, bool isModuleScope, PtxLimits limits)
    {
        Variable[] parts = [.. kernels.SelectMany(kernel => kernel.Variables)
            .Where(variable => variable.Space == space).Distinct()];
        if (parts.Length == 0)
        {
            return null;
        }

        if (parts.All(part => part.IsDynamic))
        {
            // Nothing may come before it: compilers count on how the hardware aligns the first byte (wgmma's swizzling
            // takes address bits up to the tenth).
            foreach (Kernel kernel in kernels)
            {
                Apply(kernel, space, [], null, parts);
            }

            return null;
        }

        Dictionary<Variable, long> offsets = [];
        long size = 0;
        int alignment = Granule;
        foreach (Variable part in parts.Where(part => !part.IsDynamic))
        {
            int step = Math.Max(part.Alignment, Granule);
            size = (size + step - 1) / step * step;
            offsets.Add(part, size);
            size += part.Size;
            alignment = Math.Max(alignment, step);
        }

        size = Math.Max((size + Granule - 1) / Granule * Granule, Granule);
        // Alignment may double what was declared.
        if (size > 2 * limits.MaxVariableBytes)
        {
            throw new NotFenceableException(
                kernels[0].Position, $".{space.Name()}", $"the variables have {size} bytes, more than fit");
        }

        byte[] data = parts.All(part => part.InitialData.IsEmpty) ? [] : new byte[size];
        foreach ((Variable part, long offset) in offsets)
        {
            part.InitialData.Span.CopyTo(data.AsSpan((int)Math.Min(offset, data.Length)));
        }

        var merged = new Variable(kernels[0].NewName(name), space, size, alignment)
        {
            IsModuleScope = isModuleScope,
            InitialData = data,
        };
        foreach (Kernel kernel in kernels)
        {
            Apply(kernel, space, offsets, merged, [.. parts.Where(part => part.IsDynamic)]);
        }

        return merged;
    }

    private static void Apply(
        Kernel kernel, StateSpace space, Dictionary<Variable, long> offsets, Variable? merged, Variable[] dynamics)
    {
        if (!kernel.Variables.Any(variable => variable.Space == space))
        {
            return;
        }

        Variable? dynamic = null;
        if (dynamics.Length > 0)
        {
            // All dynamic arrays of a kernel begin at one address (CUDA C++ Programming Guide, 7.2.3).
            dynamic = new Variable(dynamics[0].Name, space, 0, Math.Max(DynamicAlignment, dynamics.Max(d => d.Alignment)))
            {
                IsDynamic = true,
                IsModuleScope = true,
            };
        }

        kernel.VariableList.RemoveAll(variable => variable.Space == space);
        if (merged is not null)
        {
            kernel.VariableList.Add(merged);
        }

        if (dynamic is not null)
        {
            kernel.VariableList.Add(dynamic);
        }

        Operand? Replacement(Operand operand) => operand switch
        {
            MemoryOperand { Variable: { } v } m when v.Space == space => v.IsDynamic
                ? m with { Variable = dynamic }
                : m with { Variable = merged!, Offset = m.Offset + offsets[v] },
            AddressOfOperand { Variable: var v } a when v.Space == space => v.IsDynamic
                ? a with { Variable = dynamic! }
                : a with { Variable = merged!, Offset = a.Offset + offsets[v] },
            _ => null,
        };
        foreach (Block block in kernel.Code)
        {
            for (int i = 0; i < block.Code.Count; i++)
            {
                for (int operand = 0; operand < block.Code[i].Operands.Count; operand++)
                {
                    if (Replacement(block.Code[i].Operands[operand]) is { } replacement)
                    {
                        block.Code[i] = block.Code[i].WithOperand(operand, replacement);
                    }
                }
            }
        }
    }
}
