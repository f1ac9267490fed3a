"""A recogniser as explorers ask it: one sound, told as plain data."""

from aigc_helpers.speech.recognition import (
    AudibleRecogniser,
    best_path,
    log_probabilities,
    word_probabilities,
)


class ShownListener(AudibleRecogniser):
    """What is heard in a sound. An explorer reaches no subject: it is handed this.

    A page runs the file of `AudibleRecogniser.forward`, and its script
    (``explorers/hearing/reading.js``) does what `explain` does with what comes out.

    Parameters
    ----------
    recogniser : SpeechRecogniser
    """

    def explain(self, wave) -> dict:
        """Probabilities and digits of one sound (n,) at 8 kHz, 0.1 to 20 s.

        Returns
        -------
        dict
            ``"probabilities"``, twelve floats as `word_probabilities` has them: the
            digits, none, several; ``"text"``, digits as `transcribe` reads them.

        Raises
        ------
        Mistake
            If the sound is too short, too long, or not a row of finite numbers.
        """
        rows = log_probabilities(self.recogniser, [wave])[0][None]  # (1, T, 11)
        return {
            "probabilities": word_probabilities(rows)[0].tolist(),
            "text": best_path(rows)[0],
        }
