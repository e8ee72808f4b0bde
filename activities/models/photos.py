"""The photo of an activity."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activities.models.activities import Activity


class ActivityPhoto(models.Model):
    """A JPEG that we have drawn anew (core.pictures), apart from its activity so that no list ever loads it."""

    activity = models.OneToOneField(Activity, models.CASCADE, related_name="photo", primary_key=True)
    content = models.BinaryField()
    digest = models.CharField(max_length=64, editable=False)  # SHA-256 of the content, in hexadecimal
    width = models.PositiveSmallIntegerField()  # pixels, so that the page does not jump
    height = models.PositiveSmallIntegerField()
    alt = models.CharField(_("what can be seen"), max_length=160)
    put_by = models.ForeignKey(User, models.PROTECT, related_name="put_photos")
    put_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(alt=""), name="photo_says_what_can_be_seen")]

    def __str__(self) -> str:
        return self.alt

    @property
    def address(self) -> str:
        """Another one for another picture, so that none comes out of a browser's memory in its place."""
        return f"{reverse('activities:photo_file', args=[self.activity_id])}?v={self.digest[:12]}"
