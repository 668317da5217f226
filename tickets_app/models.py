"""What the database keeps for the pages."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models


class Right(models.Model):
    """No table: a place for the rights of rights.py among Django's permissions."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = (
            ("view_tickets", "May see tickets"),
            ("export_tickets", "May export tickets"),
            ("share_views", "May share views with others"),
            ("administer", "May administer this dashboard"),
            ("read_notes", "May read notes on tickets"),
            ("write_notes", "May write notes on tickets"),
        )

    def __str__(self) -> str:
        return "a right"


class Owned(models.Model):
    """What is one person's own. Where nobody logs in it belongs to the session of a browser, and goes when that ends."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+")
    session = models.ForeignKey("sessions.Session", models.CASCADE, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True


def _one_owner(table: str) -> models.CheckConstraint:
    nobody, no_browser = models.Q(user__isnull=True), models.Q(session__isnull=True)
    return models.CheckConstraint(condition=nobody ^ no_browser, name=f"{table}_has_one_owner")


class SavedView(Owned):
    """The filters and columns of a list under a name: own, or shared with everyone."""

    MAX_NAME = 80

    name = models.CharField(max_length=MAX_NAME)
    query = models.TextField()  # the query string of the list: as links.py makes it, from the top
    shared = models.BooleanField(default=False)
    changed = models.DateTimeField(auto_now=True)

    class Meta:
        default_permissions = ()
        ordering = ("name", "pk")
        constraints = (
            _one_owner("savedview"),
            models.UniqueConstraint(fields=("user", "name"), name="one_view_of_a_user_by_each_name"),
            models.UniqueConstraint(fields=("session", "name"), name="one_view_of_a_session_by_each_name"),
        )

    def __str__(self) -> str:
        return self.name


class KeptLookup(models.Model):
    """The result of a look-up, or a file that one could not read, for the session in which it was sent; goes when that ends."""

    RESULT, FILE = "result", "file"
    MAX_NAME = 200

    id = models.CharField(primary_key=True, max_length=64)  # random: it stands in the result's address
    session = models.ForeignKey("sessions.Session", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=((RESULT, RESULT), (FILE, FILE)))
    name = models.CharField(max_length=MAX_NAME, blank=True)  # of a file
    content = models.TextField()  # of a result: as it travels in the page, signed and compressed
    looked_at = models.PositiveIntegerField(default=0)  # tickets compared so far: an older state replaces no newer one
    at = models.DateTimeField()  # when it was put here

    class Meta:
        default_permissions = ()
        indexes = (models.Index(fields=("session", "kind", "at"), name="kept_lookups_of_a_session"),)

    def __str__(self) -> str:
        return self.kind


class Preference(Owned):
    """What a person prefers on whatever browser they use."""

    zone = models.CharField(max_length=64, blank=True)  # an IANA name; empty: the site's TIME_ZONE
    default_view = models.ForeignKey(SavedView, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        default_permissions = ()
        constraints = (
            _one_owner("preference"),
            models.UniqueConstraint(fields=("user",), name="one_preference_of_a_user"),
            models.UniqueConstraint(fields=("session",), name="one_preference_of_a_session"),
        )

    def __str__(self) -> str:
        return "preferences"


class LocationClock(models.Model):
    """In which zone one of Copper's locations is, and when its business day begins: Copper's Locations do not say."""

    location = models.CharField(max_length=255, unique=True)  # Copper's id
    zone = models.CharField("time zone", max_length=64)  # an IANA name
    turns_over = models.PositiveSmallIntegerField(
        "business day turns over at",
        default=0,
        validators=[MaxValueValidator(23)],
        help_text="The hour from 0 to 23, by the store’s own clock.",
    )

    class Meta:
        default_permissions = ()
        ordering = ("location",)
        verbose_name = "store clock"
        constraints = (
            models.CheckConstraint(condition=models.Q(turns_over__lte=23), name="locationclock_turns_over_at_an_hour"),
        )

    def __str__(self) -> str:
        return self.location


class Note(models.Model):
    """What a person wrote on one of Copper's tickets. It stands for itself: it keeps the writer's name as it was then."""

    MAX_TEXT = 2_000  # characters (code points, NFC)

    account = models.CharField(max_length=255, blank=True)  # COPPER_ACCOUNT
    live = models.BooleanField()  # in which mode of Copper
    ticket = models.CharField(max_length=255)  # Copper's id
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    author = models.CharField(max_length=150)
    at = models.DateTimeField(db_index=True)
    text = models.TextField()
    folded = models.TextField()  # the same without capitals, to be searched

    class Meta:
        default_permissions = ()
        indexes = (models.Index(fields=("ticket", "live", "account"), name="notes_of_a_ticket"),)

    def __str__(self) -> str:
        return f"a note on {self.ticket}"
