namespace TensorWasm.Wasi;

/// <summary>Signals of <c>proc_raise</c> with WASI's numbers (typenames.witx, <c>$signal</c>).</summary>
public enum WasiSignal : byte
{
    /// <summary>No signal: raising it does nothing.</summary>
    None = 0,

    /// <summary>Hangup.</summary>
    Hup = 1,

    /// <summary>Terminate by the terminal's interrupt.</summary>
    Int = 2,

    /// <summary>Quit by the terminal.</summary>
    Quit = 3,

    /// <summary>Illegal instruction.</summary>
    Ill = 4,

    /// <summary>Trace or breakpoint trap.</summary>
    Trap = 5,

    /// <summary>Abort.</summary>
    Abrt = 6,

    /// <summary>Access to an undefined portion of a memory object.</summary>
    Bus = 7,

    /// <summary>Erroneous arithmetic.</summary>
    Fpe = 8,

    /// <summary>Kill.</summary>
    Kill = 9,

    /// <summary>User-defined signal 1.</summary>
    Usr1 = 10,

    /// <summary>Invalid memory reference.</summary>
    Segv = 11,

    /// <summary>User-defined signal 2.</summary>
    Usr2 = 12,

    /// <summary>Write to a pipe that nobody reads.</summary>
    Pipe = 13,

    /// <summary>Alarm clock.</summary>
    Alrm = 14,

    /// <summary>Terminate.</summary>
    Term = 15,

    /// <summary>Child process stopped or ended. Ignored.</summary>
    Chld = 16,

    /// <summary>Continue. Ignored.</summary>
    Cont = 17,

    /// <summary>Stop. Not supported: nobody could continue the guest.</summary>
    Stop = 18,

    /// <summary>Stop by the terminal. Not supported.</summary>
    Tstp = 19,

    /// <summary>Read by a background process. Not supported.</summary>
    Ttin = 20,

    /// <summary>Write by a background process. Not supported.</summary>
    Ttou = 21,

    /// <summary>Urgent data on a socket. Ignored.</summary>
    Urg = 22,

    /// <summary>CPU time limit.</summary>
    Xcpu = 23,

    /// <summary>File size limit.</summary>
    Xfsz = 24,

    /// <summary>Virtual timer.</summary>
    Vtalrm = 25,

    /// <summary>Profiling timer.</summary>
    Prof = 26,

    /// <summary>Window changed. Ignored.</summary>
    Winch = 27,

    /// <summary>Input or output possible.</summary>
    Poll = 28,

    /// <summary>Power failure.</summary>
    Pwr = 29,

    /// <summary>Bad system call.</summary>
    Sys = 30,
}
