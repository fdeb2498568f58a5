import os
import shutil

import lit.formats

config.name = "Kiln"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.kiln_binary_dir, "test")

config.environment["PATH"] = os.pathsep.join(
    [
        os.path.join(config.kiln_binary_dir, "bin"),
        config.llvm_tools_dir,
        config.environment["PATH"],
    ]
)
config.substitutions.append(("%examples", os.path.join(config.kiln_source_dir, "examples")))
config.substitutions.append(("%kiln_version", config.kiln_version))

if shutil.which("ptxas", path=config.environment["PATH"]) or os.path.exists(
    "/usr/local/cuda/bin/ptxas"
):
    config.available_features.add("ptxas")
