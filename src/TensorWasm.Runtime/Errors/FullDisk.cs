using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace TensorWasm.Runtime;

/// <summary>Tells a disk without room from other failures: who runs the server can make room, and nothing is broken.</summary>
internal static class FullDisk
{
    /// <summary>Whether an exception says that there is no room left, on the disk or in its quota.</summary>
    internal static bool IsReason(Exception? exception) => exception switch
    {
        null => false,
        // ENOSPC and EDQUOT, which .NET passes on as they are; on Windows ERROR_DISK_FULL.
        IOException { HResult: 28 or 122 or unchecked((int)0x80070070) } => true,
        // SQLITE_FULL (sqlite.org/rescode.html); disk_full (PostgreSQL, appendix A).
        SqliteException { SqliteErrorCode: 13 } => true,
        DbException { SqlState: "53100" } => true,
        _ => IsReason(exception.InnerException),
    };
}
