using System.Buffers.Binary;
using System.Security.Cryptography;
using TensorWasm.Ptx;
using TensorWasm.Ptx.Fencing;

namespace TensorWasm.Gpu;

/// <summary>
/// The modules of a device, by the SHA-256 of the author's PTX and how it was fenced, so that a module is verified,
/// fenced and compiled once, whoever brings it. What no region uses is kept up to a number of bytes, the least recently
/// used going first. Several threads may load; the same module is compiled by one of them.
/// </summary>
internal sealed class KernelCache(GpuDevice device, PtxLimits limits, long maxIdleBytes) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Key, Entry> _entries = [];
    private readonly LinkedList<Key> _idle = [];
    private long _idleBytes;

    /// <summary>A module for one more user, who must <see cref="Release"/> it.</summary>
    /// <exception cref="GpuException">The PTX was refused.</exception>
    internal KernelModule Load(ReadOnlySpan<byte> ptx, FenceMode mode, int regionBits)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(ptx, digest);
        var key = new Key(new Digest256(digest), mode, regionBits);
        while (true)
        {
            Entry entry;
            bool isMine;
            lock (_lock)
            {
                isMine = !_entries.TryGetValue(key, out entry!);
                if (isMine)
                {
                    _entries.Add(key, entry = new Entry());
                }
                else if (entry.Module is { } module)
                {
                    Take(entry, module);
                    return module;
                }
            }
            if (isMine)
            {
                return Compile(key, entry, ptx, Convert.ToHexStringLower(digest));
            }
            entry.Wait();
        }
    }

    /// <summary>Takes a user away.</summary>
    internal void Release(KernelModule module)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        Convert.FromHexString(module.Hash, digest, out _, out _);
        var key = new Key(new Digest256(digest), module.Mode, module.RegionBits);
        List<KernelModule> dropped = [];
        lock (_lock)
        {
            if (--module.Users > 0)
            {
                return;
            }
            if (!_entries.TryGetValue(key, out var entry) || entry.Module != module)
            {
                // The device was opened again meanwhile, or is gone.
                dropped.Add(module);
            }
            else
            {
                entry.Idle = _idle.AddLast(key);
                _idleBytes += module.Bytes;
                Trim(dropped);
            }
        }
        dropped.ForEach(static module => module.Code.Dispose());
    }

    /// <summary>Forgets all modules, without disposing those in use.</summary>
    internal void Clear()
    {
        List<KernelModule> dropped = [];
        lock (_lock)
        {
            foreach (var (_, entry) in _entries.Where(e => e.Value.Idle is not null))
            {
                dropped.Add(entry.Module!);
            }
            foreach (var key in _entries.Where(e => e.Value.Module is not null).Select(e => e.Key).ToList())
            {
                _entries.Remove(key);
            }
            _idle.Clear();
            _idleBytes = 0;
        }
        dropped.ForEach(static module => module.Code.Dispose());
    }

    public void Dispose() => Clear();

    private KernelModule Compile(Key key, Entry entry, ReadOnlySpan<byte> ptx, string hash)
    {
        KernelModule? module = null;
        try
        {
            var options = device.Adjust(new FenceOptions { Mode = key.Mode, RegionBits = key.RegionBits });
            var fenced = PtxFence.Apply(ptx, options, limits);
            if (!fenced.IsValid)
            {
                throw new GpuException(GpuErrorCode.MalformedPtx, string.Join('\n', fenced.Diagnostics.Take(20)));
            }
            if (KernelTarget.Problem(fenced.Target, device.Info) is { } problem)
            {
                throw new GpuException(GpuErrorCode.InvalidKernel, problem);
            }
            foreach (var kernel in fenced.Kernels)
            {
                CheckLocal(kernel.Name, kernel.LocalBytes);
            }
            var compiled = new KernelModule(
                hash, ptx.Length, key.Mode, key.RegionBits, fenced, device.Compile(fenced, hash));
            try
            {
                foreach (var kernel in compiled.Kernels)
                {
                    CheckLocal(kernel.Name, kernel.Resources.LocalBytes);
                }
            }
            catch
            {
                compiled.Code.Dispose();
                throw;
            }
            module = compiled;
            return module;
        }
        finally
        {
            lock (_lock)
            {
                if (module is null)
                {
                    _entries.Remove(key);
                }
                else
                {
                    module.Users++;
                    entry.Module = module;
                }
            }
            entry.Open();
        }
    }

    /// <summary>All tenants pay for the local memory of the kernel that has most.</summary>
    private void CheckLocal(string kernel, long bytes)
    {
        if (bytes > device.Options.MaxLocalBytesPerThread)
        {
            throw new GpuException(
                GpuErrorCode.InvalidKernel,
                $"kernel '{kernel}' needs {bytes} bytes of local memory a thread; this device grants "
                + $"{device.Options.MaxLocalBytesPerThread}: make its arrays smaller, or let it use more registers");
        }
    }

    private void Take(Entry entry, KernelModule module)
    {
        module.Users++;
        if (entry.Idle is { } node)
        {
            _idle.Remove(node);
            _idleBytes -= module.Bytes;
            entry.Idle = null;
        }
    }

    private void Trim(List<KernelModule> dropped)
    {
        while (_idleBytes > maxIdleBytes && _idle.First is { } oldest)
        {
            var module = _entries[oldest.Value].Module!;
            _entries.Remove(oldest.Value);
            _idle.RemoveFirst();
            _idleBytes -= module.Bytes;
            dropped.Add(module);
        }
    }

    private readonly record struct Digest256(UInt128 First, UInt128 Second)
    {
        internal Digest256(ReadOnlySpan<byte> digest)
            : this(
                BinaryPrimitives.ReadUInt128LittleEndian(digest),
                BinaryPrimitives.ReadUInt128LittleEndian(digest[16..]))
        {
        }
    }

    private readonly record struct Key(Digest256 Digest, FenceMode Mode, int RegionBits);

    /// <summary>A module, or a gate behind which threads wait for the one that compiles it.</summary>
    private sealed class Entry
    {
        private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal KernelModule? Module { get; set; }

        internal LinkedListNode<Key>? Idle { get; set; }

        internal void Open() => _gate.TrySetResult();

        internal void Wait() => _gate.Task.Wait();
    }
}
