"""Check the medicines of a question, and of an answer, against each other and the patient."""
