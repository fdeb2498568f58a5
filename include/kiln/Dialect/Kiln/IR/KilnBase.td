//===- KilnBase.td - The Kiln dialect ----------------------*- tablegen -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_DIALECT_KILN_IR_KILNBASE_TD
#define KILN_DIALECT_KILN_IR_KILNBASE_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"

def Kiln_Dialect : Dialect {
  let name = "kiln";
  let cppNamespace = "::kiln";
  let summary = "Fused tensor-core kernels, their schedules and their tiles";
  let description = [{
    Levels 1 to 3 of Kiln: `kiln.kernel` regions hold the linalg ops of one GPU
    kernel; `#kiln.target` and `#kiln.schedule` hold every decision about it;
    the tile ops hold the work of one thread block on tensors whose encoding
    `#kiln.layout` says which thread holds which element.
  }];
  let useDefaultAttributePrinterParser = 1;
  let useDefaultTypePrinterParser = 1;
  let hasOperationAttrVerify = 1;
  let hasRegionArgAttrVerify = 1;
  let hasRegionResultAttrVerify = 1;
  let extraClassDeclaration = [{
    /// Name of the module attribute that holds the `#kiln.target`.
    static constexpr ::llvm::StringLiteral kTargetAttrName = "kiln.target";
    /// On a module: the bitcode file that its kernels take functions from.
    static constexpr ::llvm::StringLiteral kLibdeviceAttrName =
        "kiln.libdevice";
    /// Names of attributes on arguments of a function, for random data: how
    /// many products an element takes part in (a positive i64), and the
    /// `#kiln.domain` that the program is defined for.
    static constexpr ::llvm::StringLiteral kFanInAttrName = "kiln.fan_in";
    static constexpr ::llvm::StringLiteral kDomainAttrName = "kiln.domain";
    /// Name of the attribute of a `gpu.func` that holds its schedule.
    static constexpr ::llvm::StringLiteral kScheduleAttrName = "kiln.schedule";
    /// Name of the attribute of a `gpu.func` with the number of its last
    /// arguments that it writes; 1 without it.
    static constexpr ::llvm::StringLiteral kNumWrittenAttrName =
        "kiln.num_written";
    /// Name of the attribute of the entry function of a launch plan with the
    /// number of its first arguments that are inputs; the others are outputs.
    static constexpr ::llvm::StringLiteral kNumInputsAttrName =
        "kiln.num_inputs";
    /// Name of the attribute of an op that says why no kernel took it.
    static constexpr ::llvm::StringLiteral kNotFusedAttrName =
        "kiln.not_fused";
    /// Names of unit attributes of the in-place route: of a host's function
    /// that Kiln takes, and of the nested module that holds the kernels of a
    /// host's module while they are compiled.
    static constexpr ::llvm::StringLiteral kEmbedAttrName = "kiln.embed";
    static constexpr ::llvm::StringLiteral kIsolatedAttrName =
        "kiln.isolated";

    void registerAttributes();
    void registerTypes();
    void registerOps();
  }];
}

class Kiln_Op<string mnemonic, list<Trait> traits = []>
    : Op<Kiln_Dialect, mnemonic, traits>;

class Kiln_Attr<string name, string attrMnemonic, list<Trait> traits = []>
    : AttrDef<Kiln_Dialect, name, traits> {
  let mnemonic = attrMnemonic;
  let genMnemonicAlias = 1;
}

class Kiln_Type<string name, string typeMnemonic, list<Trait> traits = []>
    : TypeDef<Kiln_Dialect, name, traits> {
  let mnemonic = typeMnemonic;
  let genMnemonicAlias = 1;
}

#endif // KILN_DIALECT_KILN_IR_KILNBASE_TD
