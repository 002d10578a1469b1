namespace TensorWasm.Gpu.Bench;

/// <summary>A sample given by its parts.</summary>
internal sealed class LoopSample(
    string name, string kernel, LaunchShape shape, object[] arguments, int resultIndex, Array result, Action plain)
    : Sample(name, kernel)
{
    public override LaunchShape Shape => shape;

    public override object[] Arguments => arguments;

    public override int ResultIndex => resultIndex;

    public override Array Result => result;

    public override void RunPlain() => plain();
}
