"""The workload that every form shares, and the forms by name."""

import dataclasses
import json
import pathlib

SCALE = 2.0  # what the convolution is multiplied by


@dataclasses.dataclass(frozen=True)
class Form:
    type: str    # of the tensors; f32 is multiplied as tf32
    layout: str  # of image and result


FORMS = {
    "tf32-nchw": Form("f32", "NCHW"),
    "f16-nhwc": Form("f16", "NHWC"),
    "f16-nchw": Form("f16", "NCHW"),
    "bf16-nhwc": Form("bf16", "NHWC"),
    "tf32-nhwc": Form("f32", "NHWC"),
}


class Workload:
    """x [batch, 64, 256, 256], w [128, 64, 3, 3], bias [128]."""

    def __init__(self, batch=64):
        self.image = (batch, 64, 256, 256)
        self.filters, self.window = 128, (3, 3)

    @property
    def flops(self):
        n, c, h, w = self.image
        kh, kw = self.window
        return 2 * n * self.filters * c * kh * kw * (h - kh + 1) * (w - kw + 1)

    def shapes(self, layout):
        n, c, h, w = self.image
        return [n, c, h, w] if layout == "NCHW" else [n, h, w, c]


def form_of_artifact(directory, workload):
    """The form whose peers an artifact is compared to; its entry's name when it
    is another program. Raises ValueError for what is no artifact."""
    path = pathlib.Path(directory) / "artifact.json"
    try:
        artifact = json.loads(path.read_text())
        image = artifact["inputs"][0]
        for name, form in FORMS.items():
            if (image["type"] == form.type
                    and image["shape"] == workload.shapes(form.layout)
                    and (form.type != "f32" or artifact["precision"] == "tf32")):
                return name
        return artifact["entry"]
    except (OSError, ValueError, KeyError, IndexError) as error:
        raise ValueError(f"{directory} is no artifact directory: {error}") from None
