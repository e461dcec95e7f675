"""Screen a question before anything is searched: emergencies, self-harm, harm, small talk."""
