using System.Globalization;
using TensorWasm.Ptx.Diagnostics;
using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Ptx.Semantics;

/// <summary>The architecture a module asks for (PTX ISA 11.1.2).</summary>
internal sealed record ModuleTarget(int Sm, bool IsArchitectureSpecific)
{
    /// <summary>PTX ISA 9.0 is what the oldest supported driver (580) reads.</summary>
    public const int MaxMajor = 9;

    public const int MaxMinor = 0;

    private static readonly int[] KnownArchitectures = [70, 72, 75, 80, 86, 87, 89, 90];

    public static ModuleTarget Check(ModuleSyntax module, DiagnosticBag diagnostics)
    {
        void Complain(string directive, string reason) =>
            diagnostics.Add(PtxDiagnosticId.Version, module.Position, directive, reason);

        if (module.Major < 6 || module.Major > MaxMajor || (module.Major == MaxMajor && module.Minor > MaxMinor))
        {
            Complain(".version", $"PTX {module.Major}.{module.Minor} is not between 6.0 and {MaxMajor}.{MaxMinor}");
        }

        if (module.AddressSize != 64)
        {
            Complain(".address_size", "addresses must have 64 bits");
        }

        foreach (string option in module.Targets.Skip(1).Where(option => option != "debug"))
        {
            Complain(".target", $"the option {option} is not supported");
        }

        string name = module.Targets[0];
        bool specific = name.EndsWith('a');
        if (!name.StartsWith("sm_", StringComparison.Ordinal)
            || !int.TryParse(name.AsSpan(3).TrimEnd('a'), NumberStyles.None, CultureInfo.InvariantCulture, out int sm)
            || !KnownArchitectures.Contains(sm) || (specific && name != "sm_90a"))
        {
            Complain(".target", $"{name} is not one of sm_70 to sm_90a");
            return new ModuleTarget(70, IsArchitectureSpecific: false);
        }

        return new ModuleTarget(sm, specific);
    }
}
