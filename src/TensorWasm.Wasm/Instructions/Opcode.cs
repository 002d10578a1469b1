namespace TensorWasm.Wasm;

/// <summary>
/// Every instruction of the core specification, release 3.0 (binary format, section 5.4). The value is the opcode byte,
/// or, behind a prefix byte (0xFB, 0xFC, 0xFD), <c>prefix &lt;&lt; 12 | sub-opcode</c>.
/// </summary>
public enum Opcode
{
    /// <summary><c>unreachable</c></summary>
    Unreachable = 0x00,
    /// <summary><c>nop</c></summary>
    Nop = 0x01,
    /// <summary><c>block</c></summary>
    Block = 0x02,
    /// <summary><c>loop</c></summary>
    Loop = 0x03,
    /// <summary><c>if</c></summary>
    If = 0x04,
    /// <summary><c>else</c></summary>
    Else = 0x05,
    /// <summary><c>throw</c></summary>
    Throw = 0x08,
    /// <summary><c>throw_ref</c></summary>
    ThrowRef = 0x0A,
    /// <summary><c>end</c></summary>
    End = 0x0B,
    /// <summary><c>br</c></summary>
    Br = 0x0C,
    /// <summary><c>br_if</c></summary>
    BrIf = 0x0D,
    /// <summary><c>br_table</c></summary>
    BrTable = 0x0E,
    /// <summary><c>return</c></summary>
    Return = 0x0F,
    /// <summary><c>call</c></summary>
    Call = 0x10,
    /// <summary><c>call_indirect</c></summary>
    CallIndirect = 0x11,
    /// <summary><c>return_call</c></summary>
    ReturnCall = 0x12,
    /// <summary><c>return_call_indirect</c></summary>
    ReturnCallIndirect = 0x13,
    /// <summary><c>call_ref</c></summary>
    CallRef = 0x14,
    /// <summary><c>return_call_ref</c></summary>
    ReturnCallRef = 0x15,
    /// <summary><c>drop</c></summary>
    Drop = 0x1A,
    /// <summary><c>select</c></summary>
    Select = 0x1B,
    /// <summary><c>select t</c></summary>
    SelectTyped = 0x1C,
    /// <summary><c>try_table</c></summary>
    TryTable = 0x1F,
    /// <summary><c>local.get</c></summary>
    LocalGet = 0x20,
    /// <summary><c>local.set</c></summary>
    LocalSet = 0x21,
    /// <summary><c>local.tee</c></summary>
    LocalTee = 0x22,
    /// <summary><c>global.get</c></summary>
    GlobalGet = 0x23,
    /// <summary><c>global.set</c></summary>
    GlobalSet = 0x24,
    /// <summary><c>table.get</c></summary>
    TableGet = 0x25,
    /// <summary><c>table.set</c></summary>
    TableSet = 0x26,
    /// <summary><c>i32.load</c></summary>
    I32Load = 0x28,
    /// <summary><c>i64.load</c></summary>
    I64Load = 0x29,
    /// <summary><c>f32.load</c></summary>
    F32Load = 0x2A,
    /// <summary><c>f64.load</c></summary>
    F64Load = 0x2B,
    /// <summary><c>i32.load8_s</c></summary>
    I32Load8S = 0x2C,
    /// <summary><c>i32.load8_u</c></summary>
    I32Load8U = 0x2D,
    /// <summary><c>i32.load16_s</c></summary>
    I32Load16S = 0x2E,
    /// <summary><c>i32.load16_u</c></summary>
    I32Load16U = 0x2F,
    /// <summary><c>i64.load8_s</c></summary>
    I64Load8S = 0x30,
    /// <summary><c>i64.load8_u</c></summary>
    I64Load8U = 0x31,
    /// <summary><c>i64.load16_s</c></summary>
    I64Load16S = 0x32,
    /// <summary><c>i64.load16_u</c></summary>
    I64Load16U = 0x33,
    /// <summary><c>i64.load32_s</c></summary>
    I64Load32S = 0x34,
    /// <summary><c>i64.load32_u</c></summary>
    I64Load32U = 0x35,
    /// <summary><c>i32.store</c></summary>
    I32Store = 0x36,
    /// <summary><c>i64.store</c></summary>
    I64Store = 0x37,
    /// <summary><c>f32.store</c></summary>
    F32Store = 0x38,
    /// <summary><c>f64.store</c></summary>
    F64Store = 0x39,
    /// <summary><c>i32.store8</c></summary>
    I32Store8 = 0x3A,
    /// <summary><c>i32.store16</c></summary>
    I32Store16 = 0x3B,
    /// <summary><c>i64.store8</c></summary>
    I64Store8 = 0x3C,
    /// <summary><c>i64.store16</c></summary>
    I64Store16 = 0x3D,
    /// <summary><c>i64.store32</c></summary>
    I64Store32 = 0x3E,
    /// <summary><c>memory.size</c></summary>
    MemorySize = 0x3F,
    /// <summary><c>memory.grow</c></summary>
    MemoryGrow = 0x40,
    /// <summary><c>i32.const</c></summary>
    I32Const = 0x41,
    /// <summary><c>i64.const</c></summary>
    I64Const = 0x42,
    /// <summary><c>f32.const</c></summary>
    F32Const = 0x43,
    /// <summary><c>f64.const</c></summary>
    F64Const = 0x44,
    /// <summary><c>i32.eqz</c></summary>
    I32Eqz = 0x45,
    /// <summary><c>i32.eq</c></summary>
    I32Eq = 0x46,
    /// <summary><c>i32.ne</c></summary>
    I32Ne = 0x47,
    /// <summary><c>i32.lt_s</c></summary>
    I32LtS = 0x48,
    /// <summary><c>i32.lt_u</c></summary>
    I32LtU = 0x49,
    /// <summary><c>i32.gt_s</c></summary>
    I32GtS = 0x4A,
    /// <summary><c>i32.gt_u</c></summary>
    I32GtU = 0x4B,
    /// <summary><c>i32.le_s</c></summary>
    I32LeS = 0x4C,
    /// <summary><c>i32.le_u</c></summary>
    I32LeU = 0x4D,
    /// <summary><c>i32.ge_s</c></summary>
    I32GeS = 0x4E,
    /// <summary><c>i32.ge_u</c></summary>
    I32GeU = 0x4F,
    /// <summary><c>i64.eqz</c></summary>
    I64Eqz = 0x50,
    /// <summary><c>i64.eq</c></summary>
    I64Eq = 0x51,
    /// <summary><c>i64.ne</c></summary>
    I64Ne = 0x52,
    /// <summary><c>i64.lt_s</c></summary>
    I64LtS = 0x53,
    /// <summary><c>i64.lt_u</c></summary>
    I64LtU = 0x54,
    /// <summary><c>i64.gt_s</c></summary>
    I64GtS = 0x55,
    /// <summary><c>i64.gt_u</c></summary>
    I64GtU = 0x56,
    /// <summary><c>i64.le_s</c></summary>
    I64LeS = 0x57,
    /// <summary><c>i64.le_u</c></summary>
    I64LeU = 0x58,
    /// <summary><c>i64.ge_s</c></summary>
    I64GeS = 0x59,
    /// <summary><c>i64.ge_u</c></summary>
    I64GeU = 0x5A,
    /// <summary><c>f32.eq</c></summary>
    F32Eq = 0x5B,
    /// <summary><c>f32.ne</c></summary>
    F32Ne = 0x5C,
    /// <summary><c>f32.lt</c></summary>
    F32Lt = 0x5D,
    /// <summary><c>f32.gt</c></summary>
    F32Gt = 0x5E,
    /// <summary><c>f32.le</c></summary>
    F32Le = 0x5F,
    /// <summary><c>f32.ge</c></summary>
    F32Ge = 0x60,
    /// <summary><c>f64.eq</c></summary>
    F64Eq = 0x61,
    /// <summary><c>f64.ne</c></summary>
    F64Ne = 0x62,
    /// <summary><c>f64.lt</c></summary>
    F64Lt = 0x63,
    /// <summary><c>f64.gt</c></summary>
    F64Gt = 0x64,
    /// <summary><c>f64.le</c></summary>
    F64Le = 0x65,
    /// <summary><c>f64.ge</c></summary>
    F64Ge = 0x66,
    /// <summary><c>i32.clz</c></summary>
    I32Clz = 0x67,
    /// <summary><c>i32.ctz</c></summary>
    I32Ctz = 0x68,
    /// <summary><c>i32.popcnt</c></summary>
    I32Popcnt = 0x69,
    /// <summary><c>i32.add</c></summary>
    I32Add = 0x6A,
    /// <summary><c>i32.sub</c></summary>
    I32Sub = 0x6B,
    /// <summary><c>i32.mul</c></summary>
    I32Mul = 0x6C,
    /// <summary><c>i32.div_s</c></summary>
    I32DivS = 0x6D,
    /// <summary><c>i32.div_u</c></summary>
    I32DivU = 0x6E,
    /// <summary><c>i32.rem_s</c></summary>
    I32RemS = 0x6F,
    /// <summary><c>i32.rem_u</c></summary>
    I32RemU = 0x70,
    /// <summary><c>i32.and</c></summary>
    I32And = 0x71,
    /// <summary><c>i32.or</c></summary>
    I32Or = 0x72,
    /// <summary><c>i32.xor</c></summary>
    I32Xor = 0x73,
    /// <summary><c>i32.shl</c></summary>
    I32Shl = 0x74,
    /// <summary><c>i32.shr_s</c></summary>
    I32ShrS = 0x75,
    /// <summary><c>i32.shr_u</c></summary>
    I32ShrU = 0x76,
    /// <summary><c>i32.rotl</c></summary>
    I32Rotl = 0x77,
    /// <summary><c>i32.rotr</c></summary>
    I32Rotr = 0x78,
    /// <summary><c>i64.clz</c></summary>
    I64Clz = 0x79,
    /// <summary><c>i64.ctz</c></summary>
    I64Ctz = 0x7A,
    /// <summary><c>i64.popcnt</c></summary>
    I64Popcnt = 0x7B,
    /// <summary><c>i64.add</c></summary>
    I64Add = 0x7C,
    /// <summary><c>i64.sub</c></summary>
    I64Sub = 0x7D,
    /// <summary><c>i64.mul</c></summary>
    I64Mul = 0x7E,
    /// <summary><c>i64.div_s</c></summary>
    I64DivS = 0x7F,
    /// <summary><c>i64.div_u</c></summary>
    I64DivU = 0x80,
    /// <summary><c>i64.rem_s</c></summary>
    I64RemS = 0x81,
    /// <summary><c>i64.rem_u</c></summary>
    I64RemU = 0x82,
    /// <summary><c>i64.and</c></summary>
    I64And = 0x83,
    /// <summary><c>i64.or</c></summary>
    I64Or = 0x84,
    /// <summary><c>i64.xor</c></summary>
    I64Xor = 0x85,
    /// <summary><c>i64.shl</c></summary>
    I64Shl = 0x86,
    /// <summary><c>i64.shr_s</c></summary>
    I64ShrS = 0x87,
    /// <summary><c>i64.shr_u</c></summary>
    I64ShrU = 0x88,
    /// <summary><c>i64.rotl</c></summary>
    I64Rotl = 0x89,
    /// <summary><c>i64.rotr</c></summary>
    I64Rotr = 0x8A,
    /// <summary><c>f32.abs</c></summary>
    F32Abs = 0x8B,
    /// <summary><c>f32.neg</c></summary>
    F32Neg = 0x8C,
    /// <summary><c>f32.ceil</c></summary>
    F32Ceil = 0x8D,
    /// <summary><c>f32.floor</c></summary>
    F32Floor = 0x8E,
    /// <summary><c>f32.trunc</c></summary>
    F32Trunc = 0x8F,
    /// <summary><c>f32.nearest</c></summary>
    F32Nearest = 0x90,
    /// <summary><c>f32.sqrt</c></summary>
    F32Sqrt = 0x91,
    /// <summary><c>f32.add</c></summary>
    F32Add = 0x92,
    /// <summary><c>f32.sub</c></summary>
    F32Sub = 0x93,
    /// <summary><c>f32.mul</c></summary>
    F32Mul = 0x94,
    /// <summary><c>f32.div</c></summary>
    F32Div = 0x95,
    /// <summary><c>f32.min</c></summary>
    F32Min = 0x96,
    /// <summary><c>f32.max</c></summary>
    F32Max = 0x97,
    /// <summary><c>f32.copysign</c></summary>
    F32Copysign = 0x98,
    /// <summary><c>f64.abs</c></summary>
    F64Abs = 0x99,
    /// <summary><c>f64.neg</c></summary>
    F64Neg = 0x9A,
    /// <summary><c>f64.ceil</c></summary>
    F64Ceil = 0x9B,
    /// <summary><c>f64.floor</c></summary>
    F64Floor = 0x9C,
    /// <summary><c>f64.trunc</c></summary>
    F64Trunc = 0x9D,
    /// <summary><c>f64.nearest</c></summary>
    F64Nearest = 0x9E,
    /// <summary><c>f64.sqrt</c></summary>
    F64Sqrt = 0x9F,
    /// <summary><c>f64.add</c></summary>
    F64Add = 0xA0,
    /// <summary><c>f64.sub</c></summary>
    F64Sub = 0xA1,
    /// <summary><c>f64.mul</c></summary>
    F64Mul = 0xA2,
    /// <summary><c>f64.div</c></summary>
    F64Div = 0xA3,
    /// <summary><c>f64.min</c></summary>
    F64Min = 0xA4,
    /// <summary><c>f64.max</c></summary>
    F64Max = 0xA5,
    /// <summary><c>f64.copysign</c></summary>
    F64Copysign = 0xA6,
    /// <summary><c>i32.wrap_i64</c></summary>
    I32WrapI64 = 0xA7,
    /// <summary><c>i32.trunc_f32_s</c></summary>
    I32TruncF32S = 0xA8,
    /// <summary><c>i32.trunc_f32_u</c></summary>
    I32TruncF32U = 0xA9,
    /// <summary><c>i32.trunc_f64_s</c></summary>
    I32TruncF64S = 0xAA,
    /// <summary><c>i32.trunc_f64_u</c></summary>
    I32TruncF64U = 0xAB,
    /// <summary><c>i64.extend_i32_s</c></summary>
    I64ExtendI32S = 0xAC,
    /// <summary><c>i64.extend_i32_u</c></summary>
    I64ExtendI32U = 0xAD,
    /// <summary><c>i64.trunc_f32_s</c></summary>
    I64TruncF32S = 0xAE,
    /// <summary><c>i64.trunc_f32_u</c></summary>
    I64TruncF32U = 0xAF,
    /// <summary><c>i64.trunc_f64_s</c></summary>
    I64TruncF64S = 0xB0,
    /// <summary><c>i64.trunc_f64_u</c></summary>
    I64TruncF64U = 0xB1,
    /// <summary><c>f32.convert_i32_s</c></summary>
    F32ConvertI32S = 0xB2,
    /// <summary><c>f32.convert_i32_u</c></summary>
    F32ConvertI32U = 0xB3,
    /// <summary><c>f32.convert_i64_s</c></summary>
    F32ConvertI64S = 0xB4,
    /// <summary><c>f32.convert_i64_u</c></summary>
    F32ConvertI64U = 0xB5,
    /// <summary><c>f32.demote_f64</c></summary>
    F32DemoteF64 = 0xB6,
    /// <summary><c>f64.convert_i32_s</c></summary>
    F64ConvertI32S = 0xB7,
    /// <summary><c>f64.convert_i32_u</c></summary>
    F64ConvertI32U = 0xB8,
    /// <summary><c>f64.convert_i64_s</c></summary>
    F64ConvertI64S = 0xB9,
    /// <summary><c>f64.convert_i64_u</c></summary>
    F64ConvertI64U = 0xBA,
    /// <summary><c>f64.promote_f32</c></summary>
    F64PromoteF32 = 0xBB,
    /// <summary><c>i32.reinterpret_f32</c></summary>
    I32ReinterpretF32 = 0xBC,
    /// <summary><c>i64.reinterpret_f64</c></summary>
    I64ReinterpretF64 = 0xBD,
    /// <summary><c>f32.reinterpret_i32</c></summary>
    F32ReinterpretI32 = 0xBE,
    /// <summary><c>f64.reinterpret_i64</c></summary>
    F64ReinterpretI64 = 0xBF,
    /// <summary><c>i32.extend8_s</c></summary>
    I32Extend8S = 0xC0,
    /// <summary><c>i32.extend16_s</c></summary>
    I32Extend16S = 0xC1,
    /// <summary><c>i64.extend8_s</c></summary>
    I64Extend8S = 0xC2,
    /// <summary><c>i64.extend16_s</c></summary>
    I64Extend16S = 0xC3,
    /// <summary><c>i64.extend32_s</c></summary>
    I64Extend32S = 0xC4,
    /// <summary><c>ref.null</c></summary>
    RefNull = 0xD0,
    /// <summary><c>ref.is_null</c></summary>
    RefIsNull = 0xD1,
    /// <summary><c>ref.func</c></summary>
    RefFunc = 0xD2,
    /// <summary><c>ref.eq</c></summary>
    RefEq = 0xD3,
    /// <summary><c>ref.as_non_null</c></summary>
    RefAsNonNull = 0xD4,
    /// <summary><c>br_on_null</c></summary>
    BrOnNull = 0xD5,
    /// <summary><c>br_on_non_null</c></summary>
    BrOnNonNull = 0xD6,
    /// <summary><c>struct.new</c></summary>
    StructNew = 0xFB000,
    /// <summary><c>struct.new_default</c></summary>
    StructNewDefault = 0xFB001,
    /// <summary><c>struct.get</c></summary>
    StructGet = 0xFB002,
    /// <summary><c>struct.get_s</c></summary>
    StructGetS = 0xFB003,
    /// <summary><c>struct.get_u</c></summary>
    StructGetU = 0xFB004,
    /// <summary><c>struct.set</c></summary>
    StructSet = 0xFB005,
    /// <summary><c>array.new</c></summary>
    ArrayNew = 0xFB006,
    /// <summary><c>array.new_default</c></summary>
    ArrayNewDefault = 0xFB007,
    /// <summary><c>array.new_fixed</c></summary>
    ArrayNewFixed = 0xFB008,
    /// <summary><c>array.new_data</c></summary>
    ArrayNewData = 0xFB009,
    /// <summary><c>array.new_elem</c></summary>
    ArrayNewElem = 0xFB00A,
    /// <summary><c>array.get</c></summary>
    ArrayGet = 0xFB00B,
    /// <summary><c>array.get_s</c></summary>
    ArrayGetS = 0xFB00C,
    /// <summary><c>array.get_u</c></summary>
    ArrayGetU = 0xFB00D,
    /// <summary><c>array.set</c></summary>
    ArraySet = 0xFB00E,
    /// <summary><c>array.len</c></summary>
    ArrayLen = 0xFB00F,
    /// <summary><c>array.fill</c></summary>
    ArrayFill = 0xFB010,
    /// <summary><c>array.copy</c></summary>
    ArrayCopy = 0xFB011,
    /// <summary><c>array.init_data</c></summary>
    ArrayInitData = 0xFB012,
    /// <summary><c>array.init_elem</c></summary>
    ArrayInitElem = 0xFB013,
    /// <summary><c>ref.test</c></summary>
    RefTest = 0xFB014,
    /// <summary><c>ref.test null</c></summary>
    RefTestNull = 0xFB015,
    /// <summary><c>ref.cast</c></summary>
    RefCast = 0xFB016,
    /// <summary><c>ref.cast null</c></summary>
    RefCastNull = 0xFB017,
    /// <summary><c>br_on_cast</c></summary>
    BrOnCast = 0xFB018,
    /// <summary><c>br_on_cast_fail</c></summary>
    BrOnCastFail = 0xFB019,
    /// <summary><c>any.convert_extern</c></summary>
    AnyConvertExtern = 0xFB01A,
    /// <summary><c>extern.convert_any</c></summary>
    ExternConvertAny = 0xFB01B,
    /// <summary><c>ref.i31</c></summary>
    RefI31 = 0xFB01C,
    /// <summary><c>i31.get_s</c></summary>
    I31GetS = 0xFB01D,
    /// <summary><c>i31.get_u</c></summary>
    I31GetU = 0xFB01E,
    /// <summary><c>i32.trunc_sat_f32_s</c></summary>
    I32TruncSatF32S = 0xFC000,
    /// <summary><c>i32.trunc_sat_f32_u</c></summary>
    I32TruncSatF32U = 0xFC001,
    /// <summary><c>i32.trunc_sat_f64_s</c></summary>
    I32TruncSatF64S = 0xFC002,
    /// <summary><c>i32.trunc_sat_f64_u</c></summary>
    I32TruncSatF64U = 0xFC003,
    /// <summary><c>i64.trunc_sat_f32_s</c></summary>
    I64TruncSatF32S = 0xFC004,
    /// <summary><c>i64.trunc_sat_f32_u</c></summary>
    I64TruncSatF32U = 0xFC005,
    /// <summary><c>i64.trunc_sat_f64_s</c></summary>
    I64TruncSatF64S = 0xFC006,
    /// <summary><c>i64.trunc_sat_f64_u</c></summary>
    I64TruncSatF64U = 0xFC007,
    /// <summary><c>memory.init</c></summary>
    MemoryInit = 0xFC008,
    /// <summary><c>data.drop</c></summary>
    DataDrop = 0xFC009,
    /// <summary><c>memory.copy</c></summary>
    MemoryCopy = 0xFC00A,
    /// <summary><c>memory.fill</c></summary>
    MemoryFill = 0xFC00B,
    /// <summary><c>table.init</c></summary>
    TableInit = 0xFC00C,
    /// <summary><c>elem.drop</c></summary>
    ElemDrop = 0xFC00D,
    /// <summary><c>table.copy</c></summary>
    TableCopy = 0xFC00E,
    /// <summary><c>table.grow</c></summary>
    TableGrow = 0xFC00F,
    /// <summary><c>table.size</c></summary>
    TableSize = 0xFC010,
    /// <summary><c>table.fill</c></summary>
    TableFill = 0xFC011,
    /// <summary><c>v128.load</c></summary>
    V128Load = 0xFD000,
    /// <summary><c>v128.load8x8_s</c></summary>
    V128Load8x8S = 0xFD001,
    /// <summary><c>v128.load8x8_u</c></summary>
    V128Load8x8U = 0xFD002,
    /// <summary><c>v128.load16x4_s</c></summary>
    V128Load16x4S = 0xFD003,
    /// <summary><c>v128.load16x4_u</c></summary>
    V128Load16x4U = 0xFD004,
    /// <summary><c>v128.load32x2_s</c></summary>
    V128Load32x2S = 0xFD005,
    /// <summary><c>v128.load32x2_u</c></summary>
    V128Load32x2U = 0xFD006,
    /// <summary><c>v128.load8_splat</c></summary>
    V128Load8Splat = 0xFD007,
    /// <summary><c>v128.load16_splat</c></summary>
    V128Load16Splat = 0xFD008,
    /// <summary><c>v128.load32_splat</c></summary>
    V128Load32Splat = 0xFD009,
    /// <summary><c>v128.load64_splat</c></summary>
    V128Load64Splat = 0xFD00A,
    /// <summary><c>v128.store</c></summary>
    V128Store = 0xFD00B,
    /// <summary><c>v128.const</c></summary>
    V128Const = 0xFD00C,
    /// <summary><c>i8x16.shuffle</c></summary>
    I8x16Shuffle = 0xFD00D,
    /// <summary><c>i8x16.swizzle</c></summary>
    I8x16Swizzle = 0xFD00E,
    /// <summary><c>i8x16.splat</c></summary>
    I8x16Splat = 0xFD00F,
    /// <summary><c>i16x8.splat</c></summary>
    I16x8Splat = 0xFD010,
    /// <summary><c>i32x4.splat</c></summary>
    I32x4Splat = 0xFD011,
    /// <summary><c>i64x2.splat</c></summary>
    I64x2Splat = 0xFD012,
    /// <summary><c>f32x4.splat</c></summary>
    F32x4Splat = 0xFD013,
    /// <summary><c>f64x2.splat</c></summary>
    F64x2Splat = 0xFD014,
    /// <summary><c>i8x16.extract_lane_s</c></summary>
    I8x16ExtractLaneS = 0xFD015,
    /// <summary><c>i8x16.extract_lane_u</c></summary>
    I8x16ExtractLaneU = 0xFD016,
    /// <summary><c>i8x16.replace_lane</c></summary>
    I8x16ReplaceLane = 0xFD017,
    /// <summary><c>i16x8.extract_lane_s</c></summary>
    I16x8ExtractLaneS = 0xFD018,
    /// <summary><c>i16x8.extract_lane_u</c></summary>
    I16x8ExtractLaneU = 0xFD019,
    /// <summary><c>i16x8.replace_lane</c></summary>
    I16x8ReplaceLane = 0xFD01A,
    /// <summary><c>i32x4.extract_lane</c></summary>
    I32x4ExtractLane = 0xFD01B,
    /// <summary><c>i32x4.replace_lane</c></summary>
    I32x4ReplaceLane = 0xFD01C,
    /// <summary><c>i64x2.extract_lane</c></summary>
    I64x2ExtractLane = 0xFD01D,
    /// <summary><c>i64x2.replace_lane</c></summary>
    I64x2ReplaceLane = 0xFD01E,
    /// <summary><c>f32x4.extract_lane</c></summary>
    F32x4ExtractLane = 0xFD01F,
    /// <summary><c>f32x4.replace_lane</c></summary>
    F32x4ReplaceLane = 0xFD020,
    /// <summary><c>f64x2.extract_lane</c></summary>
    F64x2ExtractLane = 0xFD021,
    /// <summary><c>f64x2.replace_lane</c></summary>
    F64x2ReplaceLane = 0xFD022,
    /// <summary><c>i8x16.eq</c></summary>
    I8x16Eq = 0xFD023,
    /// <summary><c>i8x16.ne</c></summary>
    I8x16Ne = 0xFD024,
    /// <summary><c>i8x16.lt_s</c></summary>
    I8x16LtS = 0xFD025,
    /// <summary><c>i8x16.lt_u</c></summary>
    I8x16LtU = 0xFD026,
    /// <summary><c>i8x16.gt_s</c></summary>
    I8x16GtS = 0xFD027,
    /// <summary><c>i8x16.gt_u</c></summary>
    I8x16GtU = 0xFD028,
    /// <summary><c>i8x16.le_s</c></summary>
    I8x16LeS = 0xFD029,
    /// <summary><c>i8x16.le_u</c></summary>
    I8x16LeU = 0xFD02A,
    /// <summary><c>i8x16.ge_s</c></summary>
    I8x16GeS = 0xFD02B,
    /// <summary><c>i8x16.ge_u</c></summary>
    I8x16GeU = 0xFD02C,
    /// <summary><c>i16x8.eq</c></summary>
    I16x8Eq = 0xFD02D,
    /// <summary><c>i16x8.ne</c></summary>
    I16x8Ne = 0xFD02E,
    /// <summary><c>i16x8.lt_s</c></summary>
    I16x8LtS = 0xFD02F,
    /// <summary><c>i16x8.lt_u</c></summary>
    I16x8LtU = 0xFD030,
    /// <summary><c>i16x8.gt_s</c></summary>
    I16x8GtS = 0xFD031,
    /// <summary><c>i16x8.gt_u</c></summary>
    I16x8GtU = 0xFD032,
    /// <summary><c>i16x8.le_s</c></summary>
    I16x8LeS = 0xFD033,
    /// <summary><c>i16x8.le_u</c></summary>
    I16x8LeU = 0xFD034,
    /// <summary><c>i16x8.ge_s</c></summary>
    I16x8GeS = 0xFD035,
    /// <summary><c>i16x8.ge_u</c></summary>
    I16x8GeU = 0xFD036,
    /// <summary><c>i32x4.eq</c></summary>
    I32x4Eq = 0xFD037,
    /// <summary><c>i32x4.ne</c></summary>
    I32x4Ne = 0xFD038,
    /// <summary><c>i32x4.lt_s</c></summary>
    I32x4LtS = 0xFD039,
    /// <summary><c>i32x4.lt_u</c></summary>
    I32x4LtU = 0xFD03A,
    /// <summary><c>i32x4.gt_s</c></summary>
    I32x4GtS = 0xFD03B,
    /// <summary><c>i32x4.gt_u</c></summary>
    I32x4GtU = 0xFD03C,
    /// <summary><c>i32x4.le_s</c></summary>
    I32x4LeS = 0xFD03D,
    /// <summary><c>i32x4.le_u</c></summary>
    I32x4LeU = 0xFD03E,
    /// <summary><c>i32x4.ge_s</c></summary>
    I32x4GeS = 0xFD03F,
    /// <summary><c>i32x4.ge_u</c></summary>
    I32x4GeU = 0xFD040,
    /// <summary><c>f32x4.eq</c></summary>
    F32x4Eq = 0xFD041,
    /// <summary><c>f32x4.ne</c></summary>
    F32x4Ne = 0xFD042,
    /// <summary><c>f32x4.lt</c></summary>
    F32x4Lt = 0xFD043,
    /// <summary><c>f32x4.gt</c></summary>
    F32x4Gt = 0xFD044,
    /// <summary><c>f32x4.le</c></summary>
    F32x4Le = 0xFD045,
    /// <summary><c>f32x4.ge</c></summary>
    F32x4Ge = 0xFD046,
    /// <summary><c>f64x2.eq</c></summary>
    F64x2Eq = 0xFD047,
    /// <summary><c>f64x2.ne</c></summary>
    F64x2Ne = 0xFD048,
    /// <summary><c>f64x2.lt</c></summary>
    F64x2Lt = 0xFD049,
    /// <summary><c>f64x2.gt</c></summary>
    F64x2Gt = 0xFD04A,
    /// <summary><c>f64x2.le</c></summary>
    F64x2Le = 0xFD04B,
    /// <summary><c>f64x2.ge</c></summary>
    F64x2Ge = 0xFD04C,
    /// <summary><c>v128.not</c></summary>
    V128Not = 0xFD04D,
    /// <summary><c>v128.and</c></summary>
    V128And = 0xFD04E,
    /// <summary><c>v128.andnot</c></summary>
    V128Andnot = 0xFD04F,
    /// <summary><c>v128.or</c></summary>
    V128Or = 0xFD050,
    /// <summary><c>v128.xor</c></summary>
    V128Xor = 0xFD051,
    /// <summary><c>v128.bitselect</c></summary>
    V128Bitselect = 0xFD052,
    /// <summary><c>v128.any_true</c></summary>
    V128AnyTrue = 0xFD053,
    /// <summary><c>v128.load8_lane</c></summary>
    V128Load8Lane = 0xFD054,
    /// <summary><c>v128.load16_lane</c></summary>
    V128Load16Lane = 0xFD055,
    /// <summary><c>v128.load32_lane</c></summary>
    V128Load32Lane = 0xFD056,
    /// <summary><c>v128.load64_lane</c></summary>
    V128Load64Lane = 0xFD057,
    /// <summary><c>v128.store8_lane</c></summary>
    V128Store8Lane = 0xFD058,
    /// <summary><c>v128.store16_lane</c></summary>
    V128Store16Lane = 0xFD059,
    /// <summary><c>v128.store32_lane</c></summary>
    V128Store32Lane = 0xFD05A,
    /// <summary><c>v128.store64_lane</c></summary>
    V128Store64Lane = 0xFD05B,
    /// <summary><c>v128.load32_zero</c></summary>
    V128Load32Zero = 0xFD05C,
    /// <summary><c>v128.load64_zero</c></summary>
    V128Load64Zero = 0xFD05D,
    /// <summary><c>f32x4.demote_f64x2_zero</c></summary>
    F32x4DemoteF64x2Zero = 0xFD05E,
    /// <summary><c>f64x2.promote_low_f32x4</c></summary>
    F64x2PromoteLowF32x4 = 0xFD05F,
    /// <summary><c>i8x16.abs</c></summary>
    I8x16Abs = 0xFD060,
    /// <summary><c>i8x16.neg</c></summary>
    I8x16Neg = 0xFD061,
    /// <summary><c>i8x16.popcnt</c></summary>
    I8x16Popcnt = 0xFD062,
    /// <summary><c>i8x16.all_true</c></summary>
    I8x16AllTrue = 0xFD063,
    /// <summary><c>i8x16.bitmask</c></summary>
    I8x16Bitmask = 0xFD064,
    /// <summary><c>i8x16.narrow_i16x8_s</c></summary>
    I8x16NarrowI16x8S = 0xFD065,
    /// <summary><c>i8x16.narrow_i16x8_u</c></summary>
    I8x16NarrowI16x8U = 0xFD066,
    /// <summary><c>f32x4.ceil</c></summary>
    F32x4Ceil = 0xFD067,
    /// <summary><c>f32x4.floor</c></summary>
    F32x4Floor = 0xFD068,
    /// <summary><c>f32x4.trunc</c></summary>
    F32x4Trunc = 0xFD069,
    /// <summary><c>f32x4.nearest</c></summary>
    F32x4Nearest = 0xFD06A,
    /// <summary><c>i8x16.shl</c></summary>
    I8x16Shl = 0xFD06B,
    /// <summary><c>i8x16.shr_s</c></summary>
    I8x16ShrS = 0xFD06C,
    /// <summary><c>i8x16.shr_u</c></summary>
    I8x16ShrU = 0xFD06D,
    /// <summary><c>i8x16.add</c></summary>
    I8x16Add = 0xFD06E,
    /// <summary><c>i8x16.add_sat_s</c></summary>
    I8x16AddSatS = 0xFD06F,
    /// <summary><c>i8x16.add_sat_u</c></summary>
    I8x16AddSatU = 0xFD070,
    /// <summary><c>i8x16.sub</c></summary>
    I8x16Sub = 0xFD071,
    /// <summary><c>i8x16.sub_sat_s</c></summary>
    I8x16SubSatS = 0xFD072,
    /// <summary><c>i8x16.sub_sat_u</c></summary>
    I8x16SubSatU = 0xFD073,
    /// <summary><c>f64x2.ceil</c></summary>
    F64x2Ceil = 0xFD074,
    /// <summary><c>f64x2.floor</c></summary>
    F64x2Floor = 0xFD075,
    /// <summary><c>i8x16.min_s</c></summary>
    I8x16MinS = 0xFD076,
    /// <summary><c>i8x16.min_u</c></summary>
    I8x16MinU = 0xFD077,
    /// <summary><c>i8x16.max_s</c></summary>
    I8x16MaxS = 0xFD078,
    /// <summary><c>i8x16.max_u</c></summary>
    I8x16MaxU = 0xFD079,
    /// <summary><c>f64x2.trunc</c></summary>
    F64x2Trunc = 0xFD07A,
    /// <summary><c>i8x16.avgr_u</c></summary>
    I8x16AvgrU = 0xFD07B,
    /// <summary><c>i16x8.extadd_pairwise_i8x16_s</c></summary>
    I16x8ExtaddPairwiseI8x16S = 0xFD07C,
    /// <summary><c>i16x8.extadd_pairwise_i8x16_u</c></summary>
    I16x8ExtaddPairwiseI8x16U = 0xFD07D,
    /// <summary><c>i32x4.extadd_pairwise_i16x8_s</c></summary>
    I32x4ExtaddPairwiseI16x8S = 0xFD07E,
    /// <summary><c>i32x4.extadd_pairwise_i16x8_u</c></summary>
    I32x4ExtaddPairwiseI16x8U = 0xFD07F,
    /// <summary><c>i16x8.abs</c></summary>
    I16x8Abs = 0xFD080,
    /// <summary><c>i16x8.neg</c></summary>
    I16x8Neg = 0xFD081,
    /// <summary><c>i16x8.q15mulr_sat_s</c></summary>
    I16x8Q15mulrSatS = 0xFD082,
    /// <summary><c>i16x8.all_true</c></summary>
    I16x8AllTrue = 0xFD083,
    /// <summary><c>i16x8.bitmask</c></summary>
    I16x8Bitmask = 0xFD084,
    /// <summary><c>i16x8.narrow_i32x4_s</c></summary>
    I16x8NarrowI32x4S = 0xFD085,
    /// <summary><c>i16x8.narrow_i32x4_u</c></summary>
    I16x8NarrowI32x4U = 0xFD086,
    /// <summary><c>i16x8.extend_low_i8x16_s</c></summary>
    I16x8ExtendLowI8x16S = 0xFD087,
    /// <summary><c>i16x8.extend_high_i8x16_s</c></summary>
    I16x8ExtendHighI8x16S = 0xFD088,
    /// <summary><c>i16x8.extend_low_i8x16_u</c></summary>
    I16x8ExtendLowI8x16U = 0xFD089,
    /// <summary><c>i16x8.extend_high_i8x16_u</c></summary>
    I16x8ExtendHighI8x16U = 0xFD08A,
    /// <summary><c>i16x8.shl</c></summary>
    I16x8Shl = 0xFD08B,
    /// <summary><c>i16x8.shr_s</c></summary>
    I16x8ShrS = 0xFD08C,
    /// <summary><c>i16x8.shr_u</c></summary>
    I16x8ShrU = 0xFD08D,
    /// <summary><c>i16x8.add</c></summary>
    I16x8Add = 0xFD08E,
    /// <summary><c>i16x8.add_sat_s</c></summary>
    I16x8AddSatS = 0xFD08F,
    /// <summary><c>i16x8.add_sat_u</c></summary>
    I16x8AddSatU = 0xFD090,
    /// <summary><c>i16x8.sub</c></summary>
    I16x8Sub = 0xFD091,
    /// <summary><c>i16x8.sub_sat_s</c></summary>
    I16x8SubSatS = 0xFD092,
    /// <summary><c>i16x8.sub_sat_u</c></summary>
    I16x8SubSatU = 0xFD093,
    /// <summary><c>f64x2.nearest</c></summary>
    F64x2Nearest = 0xFD094,
    /// <summary><c>i16x8.mul</c></summary>
    I16x8Mul = 0xFD095,
    /// <summary><c>i16x8.min_s</c></summary>
    I16x8MinS = 0xFD096,
    /// <summary><c>i16x8.min_u</c></summary>
    I16x8MinU = 0xFD097,
    /// <summary><c>i16x8.max_s</c></summary>
    I16x8MaxS = 0xFD098,
    /// <summary><c>i16x8.max_u</c></summary>
    I16x8MaxU = 0xFD099,
    /// <summary><c>i16x8.avgr_u</c></summary>
    I16x8AvgrU = 0xFD09B,
    /// <summary><c>i16x8.extmul_low_i8x16_s</c></summary>
    I16x8ExtmulLowI8x16S = 0xFD09C,
    /// <summary><c>i16x8.extmul_high_i8x16_s</c></summary>
    I16x8ExtmulHighI8x16S = 0xFD09D,
    /// <summary><c>i16x8.extmul_low_i8x16_u</c></summary>
    I16x8ExtmulLowI8x16U = 0xFD09E,
    /// <summary><c>i16x8.extmul_high_i8x16_u</c></summary>
    I16x8ExtmulHighI8x16U = 0xFD09F,
    /// <summary><c>i32x4.abs</c></summary>
    I32x4Abs = 0xFD0A0,
    /// <summary><c>i32x4.neg</c></summary>
    I32x4Neg = 0xFD0A1,
    /// <summary><c>i32x4.all_true</c></summary>
    I32x4AllTrue = 0xFD0A3,
    /// <summary><c>i32x4.bitmask</c></summary>
    I32x4Bitmask = 0xFD0A4,
    /// <summary><c>i32x4.extend_low_i16x8_s</c></summary>
    I32x4ExtendLowI16x8S = 0xFD0A7,
    /// <summary><c>i32x4.extend_high_i16x8_s</c></summary>
    I32x4ExtendHighI16x8S = 0xFD0A8,
    /// <summary><c>i32x4.extend_low_i16x8_u</c></summary>
    I32x4ExtendLowI16x8U = 0xFD0A9,
    /// <summary><c>i32x4.extend_high_i16x8_u</c></summary>
    I32x4ExtendHighI16x8U = 0xFD0AA,
    /// <summary><c>i32x4.shl</c></summary>
    I32x4Shl = 0xFD0AB,
    /// <summary><c>i32x4.shr_s</c></summary>
    I32x4ShrS = 0xFD0AC,
    /// <summary><c>i32x4.shr_u</c></summary>
    I32x4ShrU = 0xFD0AD,
    /// <summary><c>i32x4.add</c></summary>
    I32x4Add = 0xFD0AE,
    /// <summary><c>i32x4.sub</c></summary>
    I32x4Sub = 0xFD0B1,
    /// <summary><c>i32x4.mul</c></summary>
    I32x4Mul = 0xFD0B5,
    /// <summary><c>i32x4.min_s</c></summary>
    I32x4MinS = 0xFD0B6,
    /// <summary><c>i32x4.min_u</c></summary>
    I32x4MinU = 0xFD0B7,
    /// <summary><c>i32x4.max_s</c></summary>
    I32x4MaxS = 0xFD0B8,
    /// <summary><c>i32x4.max_u</c></summary>
    I32x4MaxU = 0xFD0B9,
    /// <summary><c>i32x4.dot_i16x8_s</c></summary>
    I32x4DotI16x8S = 0xFD0BA,
    /// <summary><c>i32x4.extmul_low_i16x8_s</c></summary>
    I32x4ExtmulLowI16x8S = 0xFD0BC,
    /// <summary><c>i32x4.extmul_high_i16x8_s</c></summary>
    I32x4ExtmulHighI16x8S = 0xFD0BD,
    /// <summary><c>i32x4.extmul_low_i16x8_u</c></summary>
    I32x4ExtmulLowI16x8U = 0xFD0BE,
    /// <summary><c>i32x4.extmul_high_i16x8_u</c></summary>
    I32x4ExtmulHighI16x8U = 0xFD0BF,
    /// <summary><c>i64x2.abs</c></summary>
    I64x2Abs = 0xFD0C0,
    /// <summary><c>i64x2.neg</c></summary>
    I64x2Neg = 0xFD0C1,
    /// <summary><c>i64x2.all_true</c></summary>
    I64x2AllTrue = 0xFD0C3,
    /// <summary><c>i64x2.bitmask</c></summary>
    I64x2Bitmask = 0xFD0C4,
    /// <summary><c>i64x2.extend_low_i32x4_s</c></summary>
    I64x2ExtendLowI32x4S = 0xFD0C7,
    /// <summary><c>i64x2.extend_high_i32x4_s</c></summary>
    I64x2ExtendHighI32x4S = 0xFD0C8,
    /// <summary><c>i64x2.extend_low_i32x4_u</c></summary>
    I64x2ExtendLowI32x4U = 0xFD0C9,
    /// <summary><c>i64x2.extend_high_i32x4_u</c></summary>
    I64x2ExtendHighI32x4U = 0xFD0CA,
    /// <summary><c>i64x2.shl</c></summary>
    I64x2Shl = 0xFD0CB,
    /// <summary><c>i64x2.shr_s</c></summary>
    I64x2ShrS = 0xFD0CC,
    /// <summary><c>i64x2.shr_u</c></summary>
    I64x2ShrU = 0xFD0CD,
    /// <summary><c>i64x2.add</c></summary>
    I64x2Add = 0xFD0CE,
    /// <summary><c>i64x2.sub</c></summary>
    I64x2Sub = 0xFD0D1,
    /// <summary><c>i64x2.mul</c></summary>
    I64x2Mul = 0xFD0D5,
    /// <summary><c>i64x2.eq</c></summary>
    I64x2Eq = 0xFD0D6,
    /// <summary><c>i64x2.ne</c></summary>
    I64x2Ne = 0xFD0D7,
    /// <summary><c>i64x2.lt_s</c></summary>
    I64x2LtS = 0xFD0D8,
    /// <summary><c>i64x2.gt_s</c></summary>
    I64x2GtS = 0xFD0D9,
    /// <summary><c>i64x2.le_s</c></summary>
    I64x2LeS = 0xFD0DA,
    /// <summary><c>i64x2.ge_s</c></summary>
    I64x2GeS = 0xFD0DB,
    /// <summary><c>i64x2.extmul_low_i32x4_s</c></summary>
    I64x2ExtmulLowI32x4S = 0xFD0DC,
    /// <summary><c>i64x2.extmul_high_i32x4_s</c></summary>
    I64x2ExtmulHighI32x4S = 0xFD0DD,
    /// <summary><c>i64x2.extmul_low_i32x4_u</c></summary>
    I64x2ExtmulLowI32x4U = 0xFD0DE,
    /// <summary><c>i64x2.extmul_high_i32x4_u</c></summary>
    I64x2ExtmulHighI32x4U = 0xFD0DF,
    /// <summary><c>f32x4.abs</c></summary>
    F32x4Abs = 0xFD0E0,
    /// <summary><c>f32x4.neg</c></summary>
    F32x4Neg = 0xFD0E1,
    /// <summary><c>f32x4.sqrt</c></summary>
    F32x4Sqrt = 0xFD0E3,
    /// <summary><c>f32x4.add</c></summary>
    F32x4Add = 0xFD0E4,
    /// <summary><c>f32x4.sub</c></summary>
    F32x4Sub = 0xFD0E5,
    /// <summary><c>f32x4.mul</c></summary>
    F32x4Mul = 0xFD0E6,
    /// <summary><c>f32x4.div</c></summary>
    F32x4Div = 0xFD0E7,
    /// <summary><c>f32x4.min</c></summary>
    F32x4Min = 0xFD0E8,
    /// <summary><c>f32x4.max</c></summary>
    F32x4Max = 0xFD0E9,
    /// <summary><c>f32x4.pmin</c></summary>
    F32x4Pmin = 0xFD0EA,
    /// <summary><c>f32x4.pmax</c></summary>
    F32x4Pmax = 0xFD0EB,
    /// <summary><c>f64x2.abs</c></summary>
    F64x2Abs = 0xFD0EC,
    /// <summary><c>f64x2.neg</c></summary>
    F64x2Neg = 0xFD0ED,
    /// <summary><c>f64x2.sqrt</c></summary>
    F64x2Sqrt = 0xFD0EF,
    /// <summary><c>f64x2.add</c></summary>
    F64x2Add = 0xFD0F0,
    /// <summary><c>f64x2.sub</c></summary>
    F64x2Sub = 0xFD0F1,
    /// <summary><c>f64x2.mul</c></summary>
    F64x2Mul = 0xFD0F2,
    /// <summary><c>f64x2.div</c></summary>
    F64x2Div = 0xFD0F3,
    /// <summary><c>f64x2.min</c></summary>
    F64x2Min = 0xFD0F4,
    /// <summary><c>f64x2.max</c></summary>
    F64x2Max = 0xFD0F5,
    /// <summary><c>f64x2.pmin</c></summary>
    F64x2Pmin = 0xFD0F6,
    /// <summary><c>f64x2.pmax</c></summary>
    F64x2Pmax = 0xFD0F7,
    /// <summary><c>i32x4.trunc_sat_f32x4_s</c></summary>
    I32x4TruncSatF32x4S = 0xFD0F8,
    /// <summary><c>i32x4.trunc_sat_f32x4_u</c></summary>
    I32x4TruncSatF32x4U = 0xFD0F9,
    /// <summary><c>f32x4.convert_i32x4_s</c></summary>
    F32x4ConvertI32x4S = 0xFD0FA,
    /// <summary><c>f32x4.convert_i32x4_u</c></summary>
    F32x4ConvertI32x4U = 0xFD0FB,
    /// <summary><c>i32x4.trunc_sat_f64x2_s_zero</c></summary>
    I32x4TruncSatF64x2SZero = 0xFD0FC,
    /// <summary><c>i32x4.trunc_sat_f64x2_u_zero</c></summary>
    I32x4TruncSatF64x2UZero = 0xFD0FD,
    /// <summary><c>f64x2.convert_low_i32x4_s</c></summary>
    F64x2ConvertLowI32x4S = 0xFD0FE,
    /// <summary><c>f64x2.convert_low_i32x4_u</c></summary>
    F64x2ConvertLowI32x4U = 0xFD0FF,
    /// <summary><c>i8x16.relaxed_swizzle</c></summary>
    I8x16RelaxedSwizzle = 0xFD100,
    /// <summary><c>i32x4.relaxed_trunc_f32x4_s</c></summary>
    I32x4RelaxedTruncF32x4S = 0xFD101,
    /// <summary><c>i32x4.relaxed_trunc_f32x4_u</c></summary>
    I32x4RelaxedTruncF32x4U = 0xFD102,
    /// <summary><c>i32x4.relaxed_trunc_f64x2_s_zero</c></summary>
    I32x4RelaxedTruncF64x2SZero = 0xFD103,
    /// <summary><c>i32x4.relaxed_trunc_f64x2_u_zero</c></summary>
    I32x4RelaxedTruncF64x2UZero = 0xFD104,
    /// <summary><c>f32x4.relaxed_madd</c></summary>
    F32x4RelaxedMadd = 0xFD105,
    /// <summary><c>f32x4.relaxed_nmadd</c></summary>
    F32x4RelaxedNmadd = 0xFD106,
    /// <summary><c>f64x2.relaxed_madd</c></summary>
    F64x2RelaxedMadd = 0xFD107,
    /// <summary><c>f64x2.relaxed_nmadd</c></summary>
    F64x2RelaxedNmadd = 0xFD108,
    /// <summary><c>i8x16.relaxed_laneselect</c></summary>
    I8x16RelaxedLaneselect = 0xFD109,
    /// <summary><c>i16x8.relaxed_laneselect</c></summary>
    I16x8RelaxedLaneselect = 0xFD10A,
    /// <summary><c>i32x4.relaxed_laneselect</c></summary>
    I32x4RelaxedLaneselect = 0xFD10B,
    /// <summary><c>i64x2.relaxed_laneselect</c></summary>
    I64x2RelaxedLaneselect = 0xFD10C,
    /// <summary><c>f32x4.relaxed_min</c></summary>
    F32x4RelaxedMin = 0xFD10D,
    /// <summary><c>f32x4.relaxed_max</c></summary>
    F32x4RelaxedMax = 0xFD10E,
    /// <summary><c>f64x2.relaxed_min</c></summary>
    F64x2RelaxedMin = 0xFD10F,
    /// <summary><c>f64x2.relaxed_max</c></summary>
    F64x2RelaxedMax = 0xFD110,
    /// <summary><c>i16x8.relaxed_q15mulr_s</c></summary>
    I16x8RelaxedQ15mulrS = 0xFD111,
    /// <summary><c>i16x8.relaxed_dot_i8x16_i7x16_s</c></summary>
    I16x8RelaxedDotI8x16I7x16S = 0xFD112,
    /// <summary><c>i32x4.relaxed_dot_i8x16_i7x16_add_s</c></summary>
    I32x4RelaxedDotI8x16I7x16AddS = 0xFD113,
}
