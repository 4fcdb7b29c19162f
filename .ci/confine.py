"""Makes an unpacked image run as under Kubernetes' restricted profile: what its config.json allows is taken away.

Usage: confine.py CONFIG LIMIT [--mount FOLDER:DESTINATION] [VARIABLE=VALUE ...]. CONFIG is an OCI runtime's config.json as umoci
unpacks it, LIMIT the most bytes of memory. Whose user it runs as is left to the image.
"""

import argparse
import json

parser = argparse.ArgumentParser()
parser.add_argument("config")
parser.add_argument("limit", type=int)
parser.add_argument("--mount", action="append", default=[])
parser.add_argument("variables", nargs="*")
arguments = parser.parse_intermixed_args()
with open(arguments.config, encoding="utf-8") as file:
    config = json.load(file)

process = config["process"]
process["terminal"] = False
process["env"] += arguments.variables
process["noNewPrivileges"] = True
process["capabilities"] = {of: [] for of in ("bounding", "effective", "inheritable", "permitted", "ambient")}
# Those of this machine, as a node's are; umoci's own limit of 1024 files is less than any cluster's.
process["rlimits"] = []
config["root"]["readonly"] = True
config["mounts"].append(
    {"destination": "/tmp", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "nodev", "mode=1777", "size=64m"]}
)
for mount in arguments.mount:
    folder, destination = mount.rsplit(":", 1)
    config["mounts"].append({"destination": destination, "type": "bind", "source": folder, "options": ["bind", "rw"]})
linux = config["linux"]
linux.setdefault("resources", {})["memory"] = {"limit": arguments.limit}
# The machine's network, of which only the loopback is used: a network of its own would need a bridge.
linux["namespaces"] = [namespace for namespace in linux["namespaces"] if namespace["type"] != "network"]

with open(arguments.config, "w", encoding="utf-8") as file:
    json.dump(config, file, indent=2)
