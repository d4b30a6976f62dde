# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""
Build the package's ROS messages for Python without CMake.

The rosidl generators of a ROS installation (a sourced one, or the PyPI wheels) turn ``msg/*.msg``
into Python modules and C sources; setuptools compiles the sources into the five libraries and the
one extension that `rclpy` loads. They lie beside each other inside the package and find each other
through ``$ORIGIN``: the generated dispatcher opens its siblings by name, and glibc answers with
the library of that name that is already loaded, so no library path needs to be set.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from functools import partial
from importlib import import_module
from importlib.util import find_spec
import json
import os
from pathlib import Path
import shutil

from setuptools import Extension
from setuptools.command.build_ext import build_ext

REMEDY_SOURCED = (
    'install with the Python of that ROS installation and without build isolation: '
    'python3 -m venv --system-site-packages .venv && '
    '.venv/bin/pip install --no-build-isolation .'
)
TYPE_SUPPORTS = ('rosidl_typesupport_fastrtps_c', 'rosidl_typesupport_introspection_c')
# The dispatcher links the implementations, and the Python code links everything before it.
LIBRARIES = ('rosidl_generator_c', *TYPE_SUPPORTS, 'rosidl_typesupport_c', 'rosidl_generator_py')

RUNTIME_LIBRARIES = (
    'rosidl_runtime_c',
    'rosidl_typesupport_c',
    'rosidl_typesupport_introspection_c',
    'rosidl_typesupport_fastrtps_c',
    'rosidl_typesupport_fastrtps_cpp',
    'fastcdr',
    'rcutils',
    'rmw',
)


class InterfaceBuildError(RuntimeError):
    """The ROS messages cannot be built; the message says why and what to do."""


@dataclass(frozen=True)
class RosInstallation:
    """The prefixes (``/opt/ros/jazzy``, a virtual environment, …) that hold ROS."""

    prefixes: tuple[Path, ...]

    def share(self, package: str) -> Path:
        """Return ``<prefix>/share/<package>`` of the first prefix that has the package."""
        for prefix in self.prefixes:
            if (prefix / 'share' / package / 'package.xml').is_file():
                return prefix / 'share' / package
        raise InterfaceBuildError(
            f'ROS package {package} is in none of {[str(path) for path in self.prefixes]}; '
            f'install it (ros-$ROS_DISTRO-{package.replace("_", "-")})'
        )

    def include_dirs(self) -> list[str]:
        """Return every header folder: ``include`` and its ``include/<package>``."""
        roots = [prefix / 'include' for prefix in self.prefixes]
        packages = [folder for root in roots if root.is_dir() for folder in sorted(root.iterdir())]
        nested = [folder for folder in packages if (folder / folder.name).is_dir()]
        return [str(folder) for folder in (*roots, *nested)]

    def library_dirs(self) -> list[str]:
        """Return the folders of the shared libraries."""
        return [str(prefix / 'lib') for prefix in self.prefixes]


def find_ros() -> RosInstallation | None:
    """
    Find the ROS installation whose generators Python would import; None when there is none.

    A sourced installation (AMENT_PREFIX_PATH) has to be the one that Python sees: messages built
    with the generators of another would crash at run time. Raises InterfaceBuildError otherwise.
    """
    spec = find_spec('rosidl_adapter')
    sourced = [Path(path) for path in os.environ.get('AMENT_PREFIX_PATH', '').split(':') if path]
    if not sourced:
        if spec is None or spec.origin is None:
            return None
        # <prefix>/lib/python3.x/site-packages/rosidl_adapter/__init__.py
        return RosInstallation((Path(spec.origin).parents[4],))
    if spec is None or spec.origin is None:
        raise InterfaceBuildError(
            f'AMENT_PREFIX_PATH names {sourced[0]}, but this Python cannot import its '
            f'rosidl_adapter; {REMEDY_SOURCED}'
        )
    origin = Path(spec.origin).resolve()
    if not any(origin.is_relative_to(prefix.resolve()) for prefix in sourced):
        raise InterfaceBuildError(
            f'AMENT_PREFIX_PATH names {sourced[0]}, but this Python imports rosidl_adapter from '
            f'{origin.parent}; {REMEDY_SOURCED}'
        )
    return RosInstallation(tuple(sourced))


class InterfaceGenerator:
    """Turns one package's ``.msg`` files into Python modules and C sources under `work_dir`."""

    def __init__(
        self, ros: RosInstallation, package: str, package_dir: Path, work_dir: Path
    ) -> None:
        """Take the folder that holds ``msg/`` and a folder to write into."""
        self.package = package
        self.work_dir = work_dir.resolve()
        self._ros = ros
        self._package_dir = package_dir.resolve()
        self._messages = sorted(self._package_dir.glob('msg/*.msg'))
        self._idl_tuples: list[str] = []
        self._description_tuples: list[str] = []

    def dependencies(self) -> list[str]:
        """Return the message packages that these messages use, and what those use in turn."""
        from rosidl_adapter.parser import parse_message_file

        found: set[str] = set()
        pending = {
            field.type.pkg_name
            for path in self._messages
            for field in parse_message_file(self.package, str(path)).fields
            if field.type.pkg_name not in (None, self.package)
        }
        while pending:
            name = pending.pop()
            found.add(name)
            idl_files = (self._ros.share(name) / 'msg').glob('*.idl')
            includes = {
                line.split('"')[1].split('/')[0]
                for path in idl_files
                for line in path.read_text(encoding='utf-8').splitlines()
                if line.startswith('#include "')
            }
            pending |= includes - found
        return sorted(found)

    def generate(self) -> None:
        """Run every generator; the results lie in ``work_dir/<generator>/<package>``."""
        from rosidl_adapter.msg import convert_msg_to_idl
        from rosidl_parser import parser

        # Each generator parses every file again, which takes longer than all the rest.
        parser.get_ast_from_idl_string = cache(parser.get_ast_from_idl_string)
        shutil.rmtree(self.work_dir, ignore_errors=True)
        idl_dir = self.work_dir / 'rosidl_adapter' / self.package
        for path in self._messages:
            relative = path.relative_to(self._package_dir)
            convert_msg_to_idl(self._package_dir, self.package, relative, idl_dir / 'msg')
            self._idl_tuples.append(f'{idl_dir}:{relative.with_suffix(".idl")}')
        # Type hashes came with Iron; Humble has no such generator.
        if find_spec('rosidl_generator_type_description') is not None:
            self._run('rosidl_generator_type_description', 'generate_type_hash')
            described = self.output_dir('rosidl_generator_type_description')
            self._description_tuples = [
                f'msg/{path.stem}.idl:{described / "msg" / path.stem}.json'
                for path in self._messages
            ]
        self._run('rosidl_generator_c', 'generate_c')
        self._run('rosidl_typesupport_introspection_c', 'generate_c')
        self._run('rosidl_typesupport_fastrtps_c', 'generate_typesupport_fastrtps_c')
        self._run('rosidl_typesupport_c', 'generate_c', list(TYPE_SUPPORTS))
        self._run('rosidl_generator_py', 'generate_py', ['rosidl_typesupport_c'])

    def output_dir(self, generator: str) -> Path:
        """Return where a generator writes; its parent is an include folder."""
        return self.work_dir / generator / self.package

    def sources(self, generator: str) -> list[str]:
        """Return the C and C++ files that a generator wrote, without extension entry points."""
        return [
            str(path)
            for path in sorted(self.output_dir(generator).rglob('*'))
            if path.suffix in ('.c', '.cpp') and '.ep.' not in path.name
        ]

    def entry_point(self) -> str:
        """Return the source of the Python extension module."""
        name = f'_{self.package}_s.ep.rosidl_typesupport_c.c'
        return str(self.output_dir('rosidl_generator_py') / name)

    def _run(self, generator: str, function: str, *options: list[str]) -> None:
        output_dir = self.output_dir(generator)
        (output_dir / 'msg').mkdir(parents=True)
        template_dir = self._ros.share(generator) / 'resource'
        arguments = {
            'package_name': self.package,
            'output_dir': str(output_dir),
            'template_dir': str(template_dir),
            'idl_tuples': self._idl_tuples,
            'ros_interface_dependencies': [],
            'ros_interface_files': [str(path) for path in self._messages],
            'target_dependencies': [tuple_.replace(':', '/') for tuple_ in self._idl_tuples],
            'type_description_tuples': self._description_tuples,
            'include_paths': [f'{name}:{self._ros.share(name)}' for name in self.dependencies()],
        }
        arguments_file = output_dir.parent / 'arguments.json'
        arguments_file.write_text(json.dumps(arguments), encoding='utf-8')
        getattr(import_module(generator), function)(str(arguments_file), *options)
        for template in template_dir.glob('*__visibility_control.h.in'):
            header = template.read_text(encoding='utf-8')
            header = header.replace('@PROJECT_NAME@', self.package)
            header = header.replace('@PROJECT_NAME_UPPER@', self.package.upper())
            (output_dir / 'msg' / template.stem).write_text(header, encoding='utf-8')


def interface_extensions(package: str) -> list[Extension]:
    """Name the libraries and the module; `BuildInterfaces` fills in what the generators write."""
    libraries = [f'{package}.lib{package}__{name}' for name in LIBRARIES]
    module = f'{package}.{package}_s__rosidl_typesupport_c'
    return [Extension(name, sources=[]) for name in (*libraries, module)]


class BuildInterfaces(build_ext):
    """The ``build_ext`` command for `interface_extensions`: generate, then compile and link."""

    def run(self) -> None:
        """Generate the sources, compile them, and put the Python modules beside the libraries."""
        ros = find_ros()
        if ros is None:
            raise InterfaceBuildError('no ROS installation found')
        generator = InterfaceGenerator(
            ros,
            self.distribution.get_name().replace('-', '_'),
            Path.cwd(),
            Path(self.build_temp, 'interfaces'),
        )
        self.announce(f'building ROS messages with {ros.prefixes[0]}', level=2)
        generator.generate()
        self._describe_extensions(ros, generator)
        super().run()
        modules = generator.output_dir('rosidl_generator_py') / 'msg'
        for path in modules.glob('*.py'):
            target = self._message_dir() / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)

    def get_ext_filename(self, fullname: str) -> str:
        """Return the file name that rosidl expects, which has no Python ABI tag."""
        return str(Path(*fullname.split('.')).with_suffix('.so'))

    def get_outputs(self) -> list[str]:
        """Return the libraries and the generated Python modules."""
        return [*super().get_outputs(), *map(str, self._message_dir().glob('*.py'))]

    def _message_dir(self) -> Path:
        package = self.distribution.get_name().replace('-', '_')
        return Path(package, 'msg') if self.inplace else Path(self.build_lib, package, 'msg')

    def build_extensions(self) -> None:
        """Compile all sources side by side, then link one library after the other."""
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            objects = {
                extension.name: pool.map(partial(self._compile, extension), extension.sources)
                for extension in self.extensions
            }
        for extension in self.extensions:
            extension.sources = []
            extension.extra_objects = list(objects[extension.name])
        super().build_extensions()

    def _compile(self, extension: Extension, source: str) -> str:
        # The generated code has warnings that no user can act on, and messages of this size
        # gain nothing from more than basic optimisation.
        options = ['-O1', '-g0', '-w']
        return self.compiler.compile(
            [source],
            output_dir=self.build_temp,
            include_dirs=extension.include_dirs,
            extra_postargs=options,
        )[0]

    def _describe_extensions(self, ros: RosInstallation, generator: InterfaceGenerator) -> None:
        import numpy

        package = generator.package
        dependencies = generator.dependencies()
        include_dirs = [str(generator.output_dir(name).parent) for name in LIBRARIES]
        include_dirs += [*ros.include_dirs(), numpy.get_include()]
        siblings: list[str] = []
        for extension, name in zip(self.extensions, (*LIBRARIES, None)):
            extension.include_dirs = include_dirs
            extension.library_dirs = [str(Path(self.build_lib, package)), *ros.library_dirs()]
            # A sibling that no symbol asks for still has to be loaded, since the dispatcher
            # looks for it by name; so the linker must not drop it.
            extension.extra_link_args = [
                '-Wl,-rpath,$ORIGIN',
                '-Wl,--no-as-needed',
                *(f'-l{sibling}' for sibling in siblings),
                '-Wl,--as-needed',
                *(f'-l{library}' for library in RUNTIME_LIBRARIES),
            ]
            if name is None:
                extension.sources = [generator.entry_point()]
            else:
                extension.sources = generator.sources(name)
                extension.extra_link_args += [
                    *(f'-l{dependency}__{name}' for dependency in dependencies),
                    f'-Wl,-soname,lib{package}__{name}.so',
                ]
                siblings.append(f'{package}__{name}')
            extension.language = 'c++' if extension.sources[0].endswith('.cpp') else 'c'
