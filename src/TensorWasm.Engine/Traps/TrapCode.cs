namespace TensorWasm.Engine;

/// <summary>Why a guest was stopped. The numbers are stable: they may be stored and sent.</summary>
public enum TrapCode
{
    /// <summary>The <c>unreachable</c> instruction was executed.</summary>
    Unreachable = 1,

    /// <summary>A load, store or bulk operation reached outside a linear memory or a data segment.</summary>
    MemoryOutOfBounds = 2,

    /// <summary>A table operation reached outside a table or an element segment.</summary>
    TableOutOfBounds = 3,

    /// <summary>An indirect call's index lies outside its table.</summary>
    UndefinedElement = 4,

    /// <summary>An indirect call's table entry is null.</summary>
    IndirectCallToNull = 5,

    /// <summary>An indirect call met a function of another type.</summary>
    BadSignature = 6,

    /// <summary>The quotient, or the truncated number, has no value in its integer type.</summary>
    IntegerOverflow = 7,

    /// <summary>An integer was divided by zero.</summary>
    IntegerDivideByZero = 8,

    /// <summary>A NaN was to be truncated to an integer.</summary>
    InvalidConversionToInteger = 9,

    /// <summary>The guest's calls used up its stack.</summary>
    StackOverflow = 10,

    /// <summary>The guest used up its fuel.</summary>
    OutOfFuel = 11,

    /// <summary>The host stopped the guest: a deadline passed or a cancellation was requested.</summary>
    Interrupted = 12,

    /// <summary>A null reference was used where a reference is needed.</summary>
    NullReference = 13,

    /// <summary>A null function reference was called.</summary>
    NullFunctionReference = 14,

    /// <summary>A field of a null structure was accessed.</summary>
    NullStructureReference = 15,

    /// <summary>An element or the length of a null array was accessed.</summary>
    NullArrayReference = 16,

    /// <summary>The value of a null <c>i31ref</c> was taken.</summary>
    NullI31Reference = 17,

    /// <summary>A reference is not of the type it was cast to.</summary>
    CastFailure = 18,

    /// <summary>An array operation reached outside its array.</summary>
    ArrayOutOfBounds = 19,

    /// <summary>An atomic operation's address is not a multiple of its size.</summary>
    UnalignedAtomic = 20,

    /// <summary>An atomic wait was executed on a memory that is not shared.</summary>
    ExpectedSharedMemory = 21,

    /// <summary>The instance's limit on the memory of its garbage-collected objects was reached.</summary>
    AllocationTooLarge = 22,
}
