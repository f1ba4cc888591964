"""The behaviour that every resource must show, as one class of tests to inherit from."""

from harness.behaviour.access import AccessTests
from harness.behaviour.crud import CrudTests
from harness.behaviour.integrity import IntegrityTests
from harness.behaviour.lists import ListTests
from harness.behaviour.relations import RelationTests
from harness.behaviour.validation import ValidationTests


class ResourceTests(
    CrudTests, ValidationTests, ListTests, RelationTests, IntegrityTests, AccessTests
):
    """All of them; a subclass names its `resource` and may add tests of its own."""
