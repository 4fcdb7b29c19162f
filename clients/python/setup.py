"""Puts the stubs of Prism's contract, package `prism`, into the wheel beside `prism_sdk`.

They are those of `buf generate --template buf.gen.python.yaml`: the same protoc with the same plugins, here without buf,
so that pip needs nothing but a checkout.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py
from setuptools.errors import ExecError, FileError

HERE = Path(__file__).resolve().parent
CONTRACT = HERE.parents[1] / "prism-proto"
SOURCES = CONTRACT / "src" / "main" / "protobuf"
TARGET = HERE / "target"


class BuildWithStubs(build_py):
    def run(self) -> None:
        shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()
        if self.editable_mode:
            raise ExecError("an editable install has no place for the generated stubs; install without -e")
        self.generate(Path(self.build_lib))

    def generate(self, out: Path) -> None:
        from grpc_tools import protoc

        # What Prism's services say to each other is no business of a client.
        files = sorted(f for f in SOURCES.rglob("*.proto") if "internal" not in f.parts)
        if not files:
            raise FileError(f"no contract in {SOURCES}: prism-sdk is built in a checkout of Prism")
        arguments = [
            "protoc",
            f"--proto_path={SOURCES}",
            f"--proto_path={CONTRACT / 'third_party'}",
            f"--proto_path={Path(protoc.__file__).parent / '_proto'}",
            f"--python_out={out}",
            f"--pyi_out={out}",
            f"--grpc_python_out={out}",
            *(str(f) for f in files),
        ]
        if protoc.main(arguments) != 0:
            raise ExecError("protoc could not generate the stubs; its message is above")
        (out / "prism" / "py.typed").touch()


TARGET.mkdir(exist_ok=True)
setup(
    cmdclass={"build_py": BuildWithStubs},
    options={"build": {"build_base": str(TARGET)}, "egg_info": {"egg_base": str(TARGET)}},
)
