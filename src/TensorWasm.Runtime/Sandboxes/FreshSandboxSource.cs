using TensorWasm.Engine;

namespace TensorWasm.Runtime;

/// <summary>Makes a new sandbox for every invocation.</summary>
internal sealed class FreshSandboxSource(WasmEngine engine, TimeProvider time) : ISandboxSource
{
    public Sandbox Create(SandboxRequest request) => new FreshSandbox(engine, request, time);

    private sealed class FreshSandbox : Sandbox
    {
        /// <summary>Reactors initialise themselves there; it comes before anything else.</summary>
        private const string Initialize = "_initialize";

        private readonly CompiledModule _module;
        private Instance? _instance;

        internal FreshSandbox(WasmEngine engine, SandboxRequest request, TimeProvider time)
        {
            _module = request.Module;
            Session = new GuestSession(request, time);
            Store = new Store(engine, request.CreateLimits(), Session.Placement)
            {
                Data = Session,
                CountsCpuTime = true,
            };
        }

        public override Store Store { get; }

        public override Instance Instance => _instance ?? throw new InvalidOperationException("not started");

        public override GuestSession Session { get; }

        public override long MemoryBytes => _instance is { } instance ? _module.MeasureMemory(instance) : 0;

        public override void Start()
        {
            _instance = _module.Linker.Instantiate(Store, _module.Module);
            if (_module.FindFunction(Initialize) is { Parameters.Count: 0, Results.Count: 0 })
            {
                _instance.GetFunction(Initialize)!.Invoke();
            }
        }

        protected override void Dispose(bool disposing)
        {
            Store.Dispose();
            Session.Dispose();
        }
    }
}
