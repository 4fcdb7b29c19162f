"""Makes an unpacked image run as under Kubernetes' restricted profile: what its config.json allows is taken away.

Usage: confine.py CONFIG LIMIT [VARIABLE=VALUE ...]. CONFIG is an OCI runtime's config.json as umoci unpacks it, LIMIT the most
bytes of memory. Whose user it runs as is left to the image.
"""

import json
import sys

config_file, limit, *variables = sys.argv[1:]
with open(config_file, encoding="utf-8") as file:
    config = json.load(file)

process = config["process"]
process["terminal"] = False
process["env"] += variables
process["noNewPrivileges"] = True
process["capabilities"] = {of: [] for of in ("bounding", "effective", "inheritable", "permitted", "ambient")}
# Those of this machine, as a node's are; umoci's own limit of 1024 files is less than any cluster's.
process["rlimits"] = []
config["root"]["readonly"] = True
config["mounts"].append(
    {"destination": "/tmp", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "nodev", "mode=1777", "size=64m"]}
)
linux = config["linux"]
linux.setdefault("resources", {})["memory"] = {"limit": int(limit)}
# The machine's network, of which only the loopback is used: a network of its own would need a bridge.
linux["namespaces"] = [namespace for namespace in linux["namespaces"] if namespace["type"] != "network"]

with open(config_file, "w", encoding="utf-8") as file:
    json.dump(config, file, indent=2)
