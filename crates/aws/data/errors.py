"""Writes errors.json beside it: every error that AWS's models list for an operation that vidpipe calls.

    python3 -m venv /tmp/botocore && /tmp/botocore/bin/pip install botocore==1.44.5
    /tmp/botocore/bin/python crates/aws/data/errors.py [--check]

The models are botocore's (https://github.com/boto/botocore/tree/develop/botocore/data). Which operations are called is
read from our own source: a call of a method that is named like an operation, in a file that speaks of its client.
EC2's and STS's models list no errors; what EC2 says is in crates/aws/src/ec2/codes.rs.
With --check nothing is written: it fails where errors.json is not what it would write.
"""

import json
import re
import sys
from pathlib import Path

import botocore
import botocore.session
from botocore import xform_name

DATA = Path(__file__).resolve().parent
ROOT = DATA.parents[2]

# Our client's field, the SDK's crate, botocore's name.
SERVICES = [
    ("apigateway", "apigateway", "apigateway"),
    ("cloudtrail", "cloudtrail", "cloudtrail"),
    ("cloudwatch", "cloudwatch", "cloudwatch"),
    ("ec2", "ec2", "ec2"),
    ("ecs", "ecs", "ecs"),
    ("efs", "efs", "efs"),
    ("elasticache", "elasticache", "elasticache"),
    ("elb", "elasticloadbalancingv2", "elbv2"),
    ("iam", "iam", "iam"),
    ("kinesis", "kinesis", "kinesis"),
    ("kms", "kms", "kms"),
    ("logs", "cloudwatchlogs", "logs"),
    ("rds", "rds", "rds"),
    ("rds_data", "rdsdata", "rds-data"),
    ("s3", "s3", "s3"),
    ("scaling", "applicationautoscaling", "application-autoscaling"),
    ("secrets", "secretsmanager", "secretsmanager"),
    ("sns", "sns", "sns"),
    ("sqs", "sqs", "sqs"),
    ("sts", "sts", "sts"),
]


def sources():
    """The text of every source file that may call AWS."""
    folders = [ROOT / "crates/aws/src", ROOT / "crates/pipelines/src", ROOT / "crates/rehearse/src", ROOT / "src"]
    return [path.read_text() for folder in folders for path in sorted(folder.rglob("*.rs"))]


def called(texts, field, crate, operations):
    """Those of a service's operations, by method name, that some file calls on its client."""
    speaks = re.compile(rf"\b{field}\b|\baws_sdk_{crate}\b")
    calls = {call for text in texts if speaks.search(text) for call in re.findall(r"\.([a-z0-9_]+)\(\)", text)}
    return sorted(operations[call] for call in calls & operations.keys())


def row(shape):
    """An error shape as the wire shows it: its code where that is not the shape's name, its HTTP status where listed."""
    error = shape.metadata.get("error", {})
    code, status = error.get("code"), error.get("httpStatusCode")
    return {"code": code if code != shape.name else None, "status": status}


def listed(texts, session):
    """What the models list, by the service's name in the SDK."""
    services = {}
    for field, crate, name in SERVICES:
        model = session.get_service_model(name)
        operations = called(texts, field, crate, {xform_name(o): o for o in model.operation_names})
        shapes = {o: sorted(e.name for e in model.operation_model(o).error_shapes) for o in operations}
        errors = {s: row(model.shape_for(s)) for s in sorted({s for named in shapes.values() for s in named})}
        errors = {s: {k: v for k, v in row.items() if v is not None} for s, row in errors.items()}
        services[model.metadata["serviceId"]] = {"operations": shapes, "errors": errors}
    return dict(sorted(services.items()))


def text_of(services):
    """One operation and one error a line, so that a change shows as one."""
    lines = ["{", f' "source": "botocore {botocore.__version__}, https://pypi.org/project/botocore/",', ' "services": {']
    for n, (service, has) in enumerate(services.items()):
        lines.append(f"  {json.dumps(service)}: {{")
        for part in ("operations", "errors"):
            rows = [f"    {json.dumps(k)}: {json.dumps(v)}" for k, v in has[part].items()]
            lines.append(f'   "{part}": {{')
            lines += [row + "," for row in rows[:-1]] + rows[-1:]
            lines.append("   }," if part == "operations" else "   }")
        lines.append("  }," if n + 1 < len(services) else "  }")
    return "\n".join([*lines, " }", "}", ""])


def main():
    """Write, or check."""
    text, file = text_of(listed(sources(), botocore.session.get_session())), DATA / "errors.json"
    if "--check" not in sys.argv:
        file.write_text(text)
    elif file.read_text() != text:
        sys.exit(f"{file} is not what {__file__} writes: run it again")


main()
