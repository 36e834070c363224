"""Empty yet: the standards that hospital systems speak, to named tables and back.

Here will live ViewDefinitions of FHIR as SQL, HL7 v2 messages and SANER reports, as pure functions.
Files and addresses they come from are declared and read by ``feeds``.
"""

__all__: list[str] = []
