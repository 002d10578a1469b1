using System.Buffers.Binary;
using static TensorWasm.Engine.Interop;

namespace TensorWasm.Engine;

/// <summary>
/// A SIGSEGV handler of some 80 bytes of machine code in front of the one that was installed before, the .NET
/// runtime's. The runtime throws <see cref="NullReferenceException"/> at a managed instruction that faulted near address
/// 0 and ends the process for any other address. The shim therefore changes the fault address to 0 when, and only when,
/// a data access faulted inside the pool of linear memories, and jumps on with all else as the kernel left it: flags,
/// mask and alternate stack are those of the handler it precedes. It must be machine code, because a managed handler
/// can't run at an arbitrary instruction of a thread that is in managed mode.
/// </summary>
/// <remarks>
/// SIGBUS is left alone: it says that a file mapping ends before the access, which sealed, page-rounded images can't do
/// (<see cref="MemoryImage"/>), or that the hardware lost a page, which no guest may survive unnoticed.
/// </remarks>
internal static unsafe class SignalShim
{
    /// <summary>Installs the shim for one range of addresses, for the life of the process.</summary>
    /// <returns>null, or why it could not be installed.</returns>
    internal static string? Install(nint poolStart, nuint poolBytes)
    {
        Libc.SigAction previous;
        if (Libc.sigaction(Libc.SIGSEGV, null, &previous) != 0)
            return $"sigaction failed: {VirtualMemory.DescribeLastError()}";

        // 0 and 1 are SIG_DFL and SIG_IGN; without SA_SIGINFO a handler takes no fault address.
        if (previous.Handler is 0 or 1 || (previous.Flags & Libc.SA_SIGINFO) == 0)
            return "the runtime has no SIGSEGV handler that takes a fault address";

        var page = VirtualMemory.PageSize;
        var code = VirtualMemory.TryReserve(page);
        if (code == 0 || !VirtualMemory.TryCommit(code, page))
            return $"no page for the signal shim: {VirtualMemory.DescribeLastError()}";

        Write(new Span<byte>((void*)code, (int)page), poolStart, poolBytes, previous.Handler);
        if (Libc.mprotect(code, page, Libc.PROT_READ | Libc.PROT_EXEC) != 0)
        {
            var reason = $"the host refuses executable pages: {VirtualMemory.DescribeLastError()}";
            VirtualMemory.TryRelease(code, page);
            return reason;
        }

        // A copy of the runtime's action, so that flags (SA_ONSTACK) and mask stay the same.
        var action = previous;
        action.Handler = code;
        if (Libc.sigaction(Libc.SIGSEGV, &action, null) != 0)
            return $"sigaction failed: {VirtualMemory.DescribeLastError()}";
        return null;
    }

    /// <summary>
    /// Handler arguments (System V): rsi = siginfo_t (si_code at 8, si_addr at 16), rdx = ucontext_t (the processor's
    /// page-fault error code at 192). rax and rcx are free.
    /// </summary>
    private static void Write(Span<byte> code, nint poolStart, nuint poolBytes, nint next)
    {
        var at = 0;
        Emit(code, ref at, 0xF3, 0x0F, 0x1E, 0xFA);                   // endbr64

        Emit(code, ref at, 0x8B, 0x4E, 0x08);                         // mov  ecx, [rsi+8]    si_code
        Emit(code, ref at, 0xFF, 0xC9);                               // dec  ecx
        Emit(code, ref at, 0x83, 0xF9, 0x01);                         // cmp  ecx, 1          SEGV_MAPERR, SEGV_ACCERR
        var notAFault = EmitJump(code, ref at, 0x77);                 // ja   next            sent by kill, other causes

        Emit(code, ref at, 0xF6, 0x82, 0xC0, 0x00, 0x00, 0x00, 0x10); // test byte [rdx+192], 16
        var notData = EmitJump(code, ref at, 0x75);                   // jnz  next            an instruction fetch

        Emit(code, ref at, 0x48, 0x8B, 0x46, 0x10);                   // mov  rax, [rsi+16]   si_addr
        Emit(code, ref at, 0x48, 0xB9);                               // mov  rcx, poolStart
        EmitWord(code, ref at, (ulong)poolStart);
        Emit(code, ref at, 0x48, 0x29, 0xC8);                         // sub  rax, rcx
        Emit(code, ref at, 0x48, 0xB9);                               // mov  rcx, poolBytes
        EmitWord(code, ref at, poolBytes);
        Emit(code, ref at, 0x48, 0x39, 0xC8);                         // cmp  rax, rcx
        var notOurs = EmitJump(code, ref at, 0x73);                   // jae  next

        Emit(code, ref at, 0x48, 0xC7, 0x46, 0x10, 0, 0, 0, 0);       // mov  qword [rsi+16], 0

        code[notAFault] = (byte)(at - notAFault - 1);
        code[notData] = (byte)(at - notData - 1);
        code[notOurs] = (byte)(at - notOurs - 1);
        Emit(code, ref at, 0x48, 0xB8);                               // next: mov rax, handler
        EmitWord(code, ref at, (ulong)next);
        Emit(code, ref at, 0xFF, 0xE0);                               // jmp  rax
    }

    private static void Emit(Span<byte> code, ref int at, params ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(code[at..]);
        at += bytes.Length;
    }

    private static void EmitWord(Span<byte> code, ref int at, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(code[at..], value);
        at += 8;
    }

    /// <summary>A short jump forward; the result is where its distance is written once it is known.</summary>
    private static int EmitJump(Span<byte> code, ref int at, byte opcode)
    {
        Emit(code, ref at, opcode, 0);
        return at - 1;
    }
}
