//===- Passes.td - Machine passes ---------------------------*- tablegen -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_MACHINE_PASSES_TD
#define KILN_MACHINE_PASSES_TD

include "mlir/Pass/PassBase.td"

def SetTarget : Pass<"kiln-set-target", "::mlir::ModuleOp"> {
  let summary = "puts the facts of a card on the module";
  let description = [{
    Sets `kiln.target` to the facts of a known card, or to those of a file that
    holds one `#kiln.target<...>`; later passes read only the attribute, so a
    module may also carry facts written by hand. A card that cannot run PTX for
    sm_89 is refused.

    ```mlir
    module {}
    // leaves: kiln.target<name = "h100"
    ```
    ```
    kiln-opt --kiln-set-target=target=h100
    ```
  }];
  let options = [
    Option<"target", "target", "std::string", [{"rtx4090"}],
           "Card, or a file with a #kiln.target (the cards: "
           "kiln-compile --target=help)">
  ];
  let statistics = [Statistic<"numSet", "targets-set", "Number of modules set">];
  let dependentDialects = ["::kiln::KilnDialect"];
}

#endif // KILN_MACHINE_PASSES_TD
