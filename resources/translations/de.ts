<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
  <context>
    <name>rim_editor</name>
    <message>
      <location filename="../../rim_editor/documents/answer_texts.py" />
      <source>'{words}' (presence {presence:.2f})</source>
      <translation>„{words}“ (Präsenz {presence:.2f})</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/answer_texts.py" />
      <source>Nothing in this image matches {words}</source>
      <translation>Nichts in diesem Bild passt zu {words}</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/answer_texts.py" />
      <source>1 click</source>
      <translation>1 Klick</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/answer_texts.py" />
      <source>{count} clicks</source>
      <translation>{count} Klicks</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/answer_texts.py" />
      <source>a box and {clicks}</source>
      <translation>ein Rahmen und {clicks}</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/answer_texts.py" />
      <source>a box</source>
      <translation>ein Rahmen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/answer_texts.py" />
      <source>Nothing is left with these clicks</source>
      <translation>Mit diesen Klicks bleibt nichts übrig</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/answer_texts.py" />
      <source>Nothing was found in this box</source>
      <translation>In diesem Rahmen wurde nichts gefunden</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/answer_texts.py" />
      <source>Nothing was found at this click</source>
      <translation>An dieser Stelle wurde nichts gefunden</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/answer_texts.py" />
      <source>Nothing here seems to be {words}</source>
      <translation>Nichts hier scheint {words} zu sein</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/answer_texts.py" />
      <source>Not sure that this is {words}</source>
      <translation>Nicht sicher, ob das {words} ist</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/answer_texts.py" />
      <source>Best guess for {words}</source>
      <translation>Beste Vermutung für {words}</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/answer_texts.py" />
      <source>{guess}, which hardly seems to be here</source>
      <translation>{guess}, was hier kaum zu sein scheint</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/answer_texts.py" />
      <source>This is still {former}, not {words}</source>
      <translation>Das ist noch {former}, nicht {words}</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/answer_texts.py" />
      <source>the former matte</source>
      <translation>die bisherige Maske</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/answer_texts.py" />
      <source>Found {words}</source>
      <translation>{words} gefunden</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/answer_texts.py" />
      <source>Found by {clicks}</source>
      <translation>Gefunden durch {clicks}</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/answer_texts.py" />
      <source>Used {words}</source>
      <translation>{words} übernommen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/marketplaces.py" />
      <source>Amazon</source>
      <translation>Amazon</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/marketplaces.py" />
      <source>Pure white, the product fills 85 % of the frame, 1600 pixels or more on the longest side so that zoom works.</source>
      <translation>Reines Weiß, das Produkt füllt 85 % des Bildes, mindestens 1600 Pixel auf der längsten Seite, damit der Zoom funktioniert.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/marketplaces.py" />
      <source>eBay</source>
      <translation>eBay</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/marketplaces.py" />
      <source>A plain background without text or border, 500 to 9000 pixels on the longest side, best 1600.</source>
      <translation>Ein schlichter Hintergrund ohne Text oder Rahmen, 500 bis 9000 Pixel auf der längsten Seite, am besten 1600.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/marketplaces.py" />
      <source>Etsy</source>
      <translation>Etsy</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/marketplaces.py" />
      <source>4:3, for the first photo shows as 4:3, and 2000 pixels or more on the shorter side.</source>
      <translation>4:3, denn das erste Foto wird in 4:3 gezeigt, und mindestens 2000 Pixel auf der kürzeren Seite.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/marketplaces.py" />
      <source>Shopify</source>
      <translation>Shopify</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/marketplaces.py" />
      <source>Square, 2048 x 2048 pixels, never more than 5000 x 5000.</source>
      <translation>Quadratisch, 2048 x 2048 Pixel, nie mehr als 5000 x 5000.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/marketplaces.py" />
      <source>Google Shopping</source>
      <translation>Google Shopping</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/marketplaces.py" />
      <source>White or transparent, the product fills 75 to 90 % of the image, no text, 1500 x 1500 pixels or more.</source>
      <translation>Weiß oder transparent, das Produkt füllt 75 bis 90 % des Bildes, kein Text, mindestens 1500 x 1500 Pixel.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/marketplaces.py" />
      <source>Instagram portrait</source>
      <translation>Instagram Hochformat</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/marketplaces.py" />
      <source>4:5, 1080 x 1350 pixels.</source>
      <translation>4:5, 1080 x 1350 Pixel.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/marketplaces.py" />
      <source>Instagram square</source>
      <translation>Instagram Quadrat</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/marketplaces.py" />
      <source>1:1, 1080 x 1080 pixels.</source>
      <translation>1:1, 1080 x 1080 Pixel.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/marketplaces.py" />
      <source>Pinterest</source>
      <translation>Pinterest</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/marketplaces.py" />
      <source>2:3, 1000 x 1500 pixels; longer pins are cut off.</source>
      <translation>2:3, 1000 x 1500 Pixel; längere Pins werden abgeschnitten.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/step_names.py" />
      <source>Find {part}</source>
      <translation>{part} suchen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/step_names.py" />
      <source>Add {part}</source>
      <translation>{part} hinzufügen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/step_names.py" />
      <source>Subtract {part}</source>
      <translation>{part} abziehen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/step_names.py" />
      <source>Intersect {part}</source>
      <translation>Mit {part} schneiden</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/step_names.py" />
      <source>Use {part}</source>
      <translation>{part} verwenden</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/step_names.py" />
      <source>Paint</source>
      <translation>Malen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/step_names.py" />
      <source>Erase</source>
      <translation>Radieren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/step_names.py" />
      <source>brush stroke</source>
      <translation>Pinselstrich</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/step_names.py" />
      <source>eraser stroke</source>
      <translation>Radiererstrich</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/step_names.py" />
      <source>refined edge</source>
      <translation>verfeinerte Kante</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/step_names.py" />
      <source>Shift edge</source>
      <translation>Kante verschieben</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/step_names.py" />
      <source>Feather</source>
      <translation>Weiche Kante</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/step_names.py" />
      <source>Contrast</source>
      <translation>Kontrast</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/step_names.py" />
      <source>Fill holes</source>
      <translation>Löcher füllen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/step_names.py" />
      <source>Invert</source>
      <translation>Umkehren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/step_names.py" />
      <source>Largest hole</source>
      <translation>Größtes Loch</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/step_names.py" />
      <source>Place</source>
      <translation>Platzieren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/step_names.py" />
      <source>Shadow</source>
      <translation>Schatten</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/step_names.py" />
      <source>Outline</source>
      <translation>Kontur</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/step_names.py" />
      <source>Match colours</source>
      <translation>Farben angleichen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/step_names.py" />
      <source>Remove shadow</source>
      <translation>Schatten entfernen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/step_names.py" />
      <source>Remove outline</source>
      <translation>Kontur entfernen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/step_names.py" />
      <source>Transparent</source>
      <translation>Transparent</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/step_names.py" />
      <source>Matte only</source>
      <translation>Nur Maske</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/step_names.py" />
      <source>Highlight</source>
      <translation>Hervorheben</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/step_names.py" />
      <source>Solid colour</source>
      <translation>Einfarbig</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/step_names.py" />
      <source>Gradient</source>
      <translation>Verlauf</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/step_names.py" />
      <source>Background</source>
      <translation>Hintergrund</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/step_names.py" />
      <source>by {clicks}</source>
      <translation>durch {clicks}</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/step_names.py" />
      <source>“{words}”</source>
      <translation>„{words}“</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/step_names.py" />
      <source>Refine edge</source>
      <translation>Kante verfeinern</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/step_names.py" />
      <source>Remove {part}</source>
      <translation>{part} entfernen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/step_names.py" />
      <source>Change matte</source>
      <translation>Maske ändern</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/step_names.py" />
      <source>Change composition</source>
      <translation>Komposition ändern</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/step_names.py" />
      <source>rectangle</source>
      <translation>Rechteck</translation>
    </message>
    <message>
      <location filename="../../rim_editor/documents/step_names.py" />
      <source>lasso</source>
      <translation>Lasso</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/answer_state.py" />
      <source>the matte stays as it was. Click elsewhere, or drag a box around it.</source>
      <translation>die Maske bleibt, wie sie war. An eine andere Stelle klicken oder einen Rahmen darum ziehen.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/answer_state.py" />
      <source>Not sure of this</source>
      <translation>Nicht sicher, ob es das ist</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/answer_state.py" />
      <source>{doubt}: nothing is taken away yet</source>
      <translation>{doubt}: noch wird nichts abgezogen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/answer_state.py" />
      <source>Not sure: nothing taken yet</source>
      <translation>Nicht sicher: noch nichts abgezogen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/answer_state.py" />
      <source>The best guess</source>
      <translation>Die beste Vermutung</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/answer_state.py" />
      <source>Try</source>
      <translation>Zum Ausprobieren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/answer_state.py" />
      <source>Did you mean</source>
      <translation>Gemeint ist vielleicht</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/answer_state.py" />
      <source>In this image</source>
      <translation>In diesem Bild</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/answer_state.py" />
      <source>Hardly here</source>
      <translation>Kaum vorhanden</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/composition_actions.py" />
      <source>There is nothing to place yet: find or paint something first.</source>
      <translation>Es gibt noch nichts zu platzieren: zuerst etwas suchen oder malen.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/edge_refining.py" />
      <source>Refining the edge</source>
      <translation>Kante wird verfeinert</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/editor.py" />
      <source>Type what to cut out, such as “the dog on the left”.</source>
      <translation>Eingeben, was freigestellt werden soll, auf Englisch: „the dog on the left“.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/editor.py" />
      <source>Clear matte</source>
      <translation>Maske leeren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/editor.py" />
      <source>There is no edge to refine yet: find or paint something first.</source>
      <translation>Es gibt noch keine Kante zu verfeinern: zuerst etwas suchen oder malen.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/editor.py" />
      <source>An export is running: wait for it or cancel it, then export again.</source>
      <translation>Ein Export läuft: warten oder ihn abbrechen, dann erneut exportieren.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/editor.py" />
      <source>Exporting “{name}”</source>
      <translation>„{name}“ wird exportiert</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/editor.py" />
      <source>Exported to “{path}”.</source>
      <translation>Exportiert nach „{path}“.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/editor.py" />
      <source>. Use other words.</source>
      <translation>. Andere Wörter verwenden.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/editor.py" />
      <source>{layer} is locked: unlock it, or select another layer.</source>
      <translation>{layer} ist gesperrt: entsperren oder eine andere Ebene auswählen.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/editor.py" />
      <source>{layer} is hidden: show it, or select another layer.</source>
      <translation>{layer} ist ausgeblendet: einblenden oder eine andere Ebene auswählen.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/editor.py" />
      <source>There is no matte to subtract from yet: find or paint something first.</source>
      <translation>Es gibt noch keine Maske, von der abgezogen werden kann: zuerst etwas suchen oder malen.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/editor.py" />
      <source>There is no matte to intersect with yet: find or paint something first.</source>
      <translation>Es gibt noch keine Maske zum Schneiden: zuerst etwas suchen oder malen.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/editor.py" />
      <source>The matte changed while its edge was refined: paint the edge again.</source>
      <translation>Die Maske hat sich geändert, während ihre Kante verfeinert wurde: die Kante noch einmal malen.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/example_actions.py" />
      <source>There is nothing selected to make an example of yet: find or paint something first.</source>
      <translation>Es ist noch nichts ausgewählt, was ein Beispiel werden könnte: zuerst etwas suchen oder malen.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/example_actions.py" />
      <source>Making an example</source>
      <translation>Ein Beispiel wird erstellt</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/example_actions.py" />
      <source>The example was saved to “{path}”.</source>
      <translation>Das Beispiel wurde gespeichert als „{path}“.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/example_actions.py" />
      <source>Saving “{name}”</source>
      <translation>„{name}“ wird gespeichert</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/layer_actions.py" />
      <source>The layer “{title}”</source>
      <translation>Die Ebene „{title}“</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/layer_actions.py" />
      <source>Layer {number}</source>
      <translation>Ebene {number}</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/layer_actions.py" />
      <source>New layer</source>
      <translation>Neue Ebene</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/layer_actions.py" />
      <source>{title} copy</source>
      <translation>{title} Kopie</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/layer_actions.py" />
      <source>Duplicate layer</source>
      <translation>Ebene duplizieren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/layer_actions.py" />
      <source>{layer} is locked: unlock it before you delete it.</source>
      <translation>{layer} ist gesperrt: vor dem Löschen entsperren.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/layer_actions.py" />
      <source>Delete layer</source>
      <translation>Ebene löschen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/layer_actions.py" />
      <source>Move layer</source>
      <translation>Ebene verschieben</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/layer_actions.py" />
      <source>Rename layer</source>
      <translation>Ebene umbenennen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/layer_actions.py" />
      <source>Show layer</source>
      <translation>Ebene einblenden</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/layer_actions.py" />
      <source>Hide layer</source>
      <translation>Ebene ausblenden</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/layer_actions.py" />
      <source>Lock layer</source>
      <translation>Ebene sperren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/layer_actions.py" />
      <source>Unlock layer</source>
      <translation>Ebene entsperren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/layer_actions.py" />
      <source>{step} “{title}”</source>
      <translation>{step} „{title}“</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/saving.py" />
      <source>Untitled image</source>
      <translation>Unbenanntes Bild</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/saving.py" />
      <source>{name}, page {page}</source>
      <translation>{name}, Seite {page}</translation>
    </message>
    <message>
      <location filename="../../rim_editor/editor/saving.py" />
      <source>Saved as “{path}”.</source>
      <translation>Gespeichert als „{path}“.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/model_requests.py" />
      <source>Looking for “{words}”</source>
      <translation>„{words}“ wird gesucht</translation>
    </message>
    <message>
      <location filename="../../rim_editor/model_requests.py" />
      <source>Looking at {clicks}</source>
      <translation>Ausgewertet wird: {clicks}</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/batch_dialog.py" />
      <source>Batch Export</source>
      <translation>Stapelexport</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/batch_dialog.py" />
      <source>Choose</source>
      <translation>Auswählen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/batch_dialog.py" />
      <source>Check</source>
      <translation>Prüfen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/batch_dialog.py" />
      <source>Export</source>
      <translation>Exportieren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/batch_dialog.py" />
      <source>Close</source>
      <translation>Schließen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/batch_dialog.py" />
      <source>&amp;Back</source>
      <translation>&amp;Zurück</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/batch_dialog.py" />
      <source>&amp;Check…</source>
      <translation>&amp;Prüfen…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/batch_dialog.py" />
      <source>&amp;New export</source>
      <translation>&amp;Neuer Export</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/batch_dialog.py" />
      <source>&amp;Export 1 image</source>
      <translation>1 Bild e&amp;xportieren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/batch_dialog.py" />
      <source>&amp;Export</source>
      <translation>E&amp;xportieren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/batch_dialog.py" />
      <source>&amp;Export {count:,} images</source>
      <translation>{count:,} Bilder e&amp;xportieren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/batch_dialog.py" />
      <source>Batch export: {result}</source>
      <translation>Stapelexport: {result}</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/batch_dialog.py" />
      <source>The export is still running. Should it go on?</source>
      <translation>Der Export läuft noch. Soll er weiterlaufen?</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/batch_dialog.py" />
      <source>If you stop it, finished images are kept, and the rest can be resumed later.</source>
      <translation>Beim Anhalten bleiben fertige Bilder erhalten, und die übrigen können später fortgesetzt werden.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/batch_dialog.py" />
      <source>&amp;Go on in the background</source>
      <translation>&amp;Im Hintergrund weiterlaufen lassen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/batch_dialog.py" />
      <source>&amp;Stop it</source>
      <translation>An&amp;halten</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/batch_dialog.py" />
      <source>&amp;Keep open</source>
      <translation>&amp;Offen lassen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/edge_controls.py" />
      <source>Move the edge outwards (more) or inwards (less)</source>
      <translation>Die Kante nach außen (mehr) oder innen (weniger) verschieben</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/edge_controls.py" />
      <source>Soften the edge</source>
      <translation>Die Kante weicher machen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/edge_controls.py" />
      <source>Harden the edge</source>
      <translation>Die Kante härter machen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/edge_controls.py" />
      <source>Close what the matte wholly surrounds; a hole that shows the background stays open</source>
      <translation>Schließen, was die Maske ganz umgibt; ein Loch, durch das der Hintergrund zu sehen ist, bleibt offen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/edge_controls.py" />
      <source>Holes larger than this share of the object stay open</source>
      <translation>Löcher, die größer als dieser Anteil des Objekts sind, bleiben offen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/edge_controls.py" />
      <source>Swap the object and its surroundings</source>
      <translation>Objekt und Umgebung vertauschen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/edge_controls.py" />
      <source>Reset edge</source>
      <translation>Kante zurücksetzen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/edge_controls.py" />
      <source>Leave every matte as it is found</source>
      <translation>Jede Maske so lassen, wie sie gefunden wird</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/edit_choice.py" />
      <source>A colour cannot be picked from an image here: choose one of the colours, or type its code.</source>
      <translation>Hier kann keine Farbe aus einem Bild aufgenommen werden: eine der Farben wählen oder ihren Code eingeben.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/edit_choice.py" />
      <source>A batch reads its background from a file: choose the image again.</source>
      <translation>Ein Stapel liest seinen Hintergrund aus einer Datei: das Bild noch einmal wählen.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/edit_choice.py" />
      <source>The background is still being written for the batch: try again in a moment.</source>
      <translation>Der Hintergrund wird noch für den Stapel geschrieben: es gleich noch einmal versuchen.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/edit_choice.py" />
      <source>There is no background yet: choose an image, or another edit.</source>
      <translation>Es gibt noch keinen Hintergrund: ein Bild oder eine andere Bearbeitung wählen.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/edit_choice.py" />
      <source>The object alone</source>
      <translation>Nur das Objekt</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/edit_choice.py" />
      <source>Set the object apart from its surroundings</source>
      <translation>Das Objekt von seiner Umgebung abheben</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/edit_choice.py" />
      <source>Put the object on another image</source>
      <translation>Das Objekt auf ein anderes Bild setzen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/edit_choice.py" />
      <source>Put the object on a gradient</source>
      <translation>Das Objekt auf einen Verlauf setzen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/edit_choice.py" />
      <source>Put the object on one colour</source>
      <translation>Das Objekt auf eine Farbe setzen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/edit_choice.py" />
      <source>Matte</source>
      <translation>Maske</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/edit_choice.py" />
      <source>The matte itself, as grey</source>
      <translation>Die Maske selbst, in Grau</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/edit_choice.py" />
      <source>What becomes of the object</source>
      <translation>Was aus dem Objekt wird</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/edit_choice.py" />
      <source>The object alone, with transparency around it.</source>
      <translation>Nur das Objekt, mit Transparenz ringsum.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/edit_choice.py" />
      <source>The matte as grey: white is the object, black is what surrounds it.</source>
      <translation>Die Maske in Grau: Weiß ist das Objekt, Schwarz die Umgebung.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/edit_choice.py" />
      <source>&amp;Edit</source>
      <translation>&amp;Bearbeiten</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/edit_choice.py" />
      <source>Behind the object: {name}</source>
      <translation>Hinter dem Objekt: {name}</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/edit_choice.py" />
      <source>Reading {name}…</source>
      <translation>{name} wird gelesen…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/edit_choice.py" />
      <source>Writing the background for the batch…</source>
      <translation>Der Hintergrund wird für den Stapel geschrieben…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/edit_choice.py" />
      <source>Choose a background</source>
      <translation>Hintergrund wählen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/example_row.py" />
      <source>Find by words alone</source>
      <translation>Nur mit Wörtern suchen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/example_row.py" />
      <source>Remove the example</source>
      <translation>Beispiel entfernen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/example_row.py" />
      <source>, marked in {source}</source>
      <translation>, markiert in {source}</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/example_row.py" />
      <source>By example: {title}{where}. Words are not needed, but may go beside it.</source>
      <translation>Nach Beispiel: {title}{where}. Wörter sind nicht nötig, können aber hinzukommen.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/expression_list.py" />
      <source>Add</source>
      <translation>Hinzufügen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/expression_list.py" />
      <source>What this describes is cut out too</source>
      <translation>Was dies beschreibt, wird ebenfalls freigestellt</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/expression_list.py" />
      <source>Subtract</source>
      <translation>Abziehen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/expression_list.py" />
      <source>What this describes is taken away</source>
      <translation>Was dies beschreibt, wird weggenommen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/expression_list.py" />
      <source>Intersect</source>
      <translation>Schneiden</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/expression_list.py" />
      <source>Only what this describes as well stays</source>
      <translation>Nur was auch dies beschreibt, bleibt</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/expression_list.py" />
      <source>New</source>
      <translation>Neu</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/expression_list.py" />
      <source>Ignore the expressions above, and begin again</source>
      <translation>Die Ausdrücke darüber außer Acht lassen und neu beginnen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/expression_list.py" />
      <source>The woman in the red coat on the left</source>
      <translation>The woman in the red coat on the left</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/expression_list.py" />
      <source>Cut out</source>
      <translation>Freistellen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/expression_list.py" />
      <source>Add an e&amp;xpression</source>
      <translation>Weiterer Ausdruc&amp;k</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/expression_list.py" />
      <source>Add to it, or take something away from it</source>
      <translation>Etwas dazunehmen oder etwas davon abziehen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/expression_list.py" />
      <source>Expression {number}</source>
      <translation>Ausdruck {number}</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/expression_list.py" />
      <source>Describe one object in your own words</source>
      <translation>Ein Objekt in eigenen Worten beschreiben, auf Englisch</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/expression_list.py" />
      <source>How this joins the expressions above</source>
      <translation>Wie sich dies zu den Ausdrücken darüber verhält</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/expression_list.py" />
      <source>Remove this expression</source>
      <translation>Diesen Ausdruck entfernen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/expression_list.py" />
      <source>&amp;Find</source>
      <translation>&amp;Suchen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/input_list.py" />
      <source>Which page or frame is read of files that hold several; a file without it is listed as a failure</source>
      <translation>Welche Seite oder welches Bild von Dateien gelesen wird, die mehrere enthalten; eine Datei ohne sie wird als Fehler aufgeführt</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/input_list.py" />
      <source>Add images, a folder or a list, or drop them here.</source>
      <translation>Bilder, einen Ordner oder eine Liste hinzufügen oder hier ablegen.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/input_list.py" />
      <source>Images</source>
      <translation>Bilder</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/input_list.py" />
      <source>Images, folders and lists</source>
      <translation>Bilder, Ordner und Listen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/input_list.py" />
      <source>Add file&amp;s…</source>
      <translation>&amp;Dateien hinzufügen…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/input_list.py" />
      <source>Choose images, one or many</source>
      <translation>Ein Bild oder mehrere wählen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/input_list.py" />
      <source>Add f&amp;older…</source>
      <translation>&amp;Ordner hinzufügen…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/input_list.py" />
      <source>Take all images of a folder</source>
      <translation>Alle Bilder eines Ordners nehmen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/input_list.py" />
      <source>Add &amp;list…</source>
      <translation>&amp;Liste hinzufügen…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/input_list.py" />
      <source>A table with a row for each image and what to cut out of it: CSV or JSONL, such as Save list makes</source>
      <translation>Eine Tabelle mit einer Zeile für jedes Bild und was darin freigestellt wird: CSV oder JSONL, wie „Liste speichern“ sie schreibt</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/input_list.py" />
      <source>Remo&amp;ve</source>
      <translation>&amp;Entfernen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/input_list.py" />
      <source>Take the selected entries off the list (Delete)</source>
      <translation>Die ausgewählten Einträge aus der Liste nehmen (Entf)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/input_list.py" />
      <source>Wit&amp;h the folders inside folders</source>
      <translation>&amp;Mit Unterordnern</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/input_list.py" />
      <source>Take the images of folders within a folder too</source>
      <translation>Auch die Bilder in Ordnern innerhalb eines Ordners nehmen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/input_list.py" />
      <source>Page or frame</source>
      <translation>Seite oder Bild</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/input_list.py" />
      <source>the first</source>
      <translation>die erste</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/input_list.py" />
      <source>Page</source>
      <translation>Seite</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/input_list.py" />
      <source>{count:,} images</source>
      <translation>{count:,} Bilder</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/input_list.py" />
      <source>{count:,} images, folders and lists</source>
      <translation>{count:,} Bilder, Ordner und Listen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/input_list.py" />
      <source>Add images</source>
      <translation>Bilder hinzufügen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/input_list.py" />
      <source>Add a folder</source>
      <translation>Ordner hinzufügen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/input_list.py" />
      <source>Lists of images ({suffixes});;All files (*)</source>
      <translation>Bilderlisten ({suffixes});;Alle Dateien (*)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/input_list.py" />
      <source>Add a list of images</source>
      <translation>Bilderliste hinzufügen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/naming_choice.py" />
      <source>Number the new one</source>
      <translation>Das neue nummerieren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/naming_choice.py" />
      <source>The result is called rose-2.png and so on; nothing is replaced</source>
      <translation>Das Ergebnis heißt rose-2.png und so weiter; nichts wird ersetzt</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/naming_choice.py" />
      <source>Leave the image out</source>
      <translation>Das Bild auslassen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/naming_choice.py" />
      <source>Images whose results are there already are left out</source>
      <translation>Bilder, deren Ergebnis schon da ist, werden ausgelassen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/naming_choice.py" />
      <source>Replace the file</source>
      <translation>Die Datei ersetzen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/naming_choice.py" />
      <source>Existing files are replaced, but never an image that is read</source>
      <translation>Vorhandene Dateien werden ersetzt, aber nie ein Bild, das gelesen wird</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/naming_choice.py" />
      <source>Ask me first</source>
      <translation>Vorher fragen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/naming_choice.py" />
      <source>Nothing is started while a name is taken</source>
      <translation>Nichts beginnt, solange ein Name vergeben ist</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/naming_choice.py" />
      <source>{stem} and {folder} of the image, {expression}, {index} or {index:04} to count; '/' makes folders</source>
      <translation>{stem} und {folder} des Bildes, {expression}, {index} oder {index:04} zum Zählen; „/“ legt Ordner an</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/naming_choice.py" />
      <source>Names</source>
      <translation>Namen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/naming_choice.py" />
      <source>Where a name is taken</source>
      <translation>Wenn ein Name vergeben ist</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/naming_choice.py" />
      <source>Taken na&amp;mes</source>
      <translation>Ver&amp;gebene Namen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/naming_choice.py" />
      <source>&amp;Keep folders</source>
      <translation>Ordner beibe&amp;halten</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/naming_choice.py" />
      <source>Results are in subfolders as their images are</source>
      <translation>Ergebnisse liegen in Unterordnern wie ihre Bilder</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/naming_choice.py" />
      <source>the rose</source>
      <translation>the rose</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/naming_choice.py" />
      <source>{stem}{suffix} becomes {name}</source>
      <translation>{stem}{suffix} wird zu {name}</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/outcome_tables.py" />
      <source>Done</source>
      <translation>Fertig</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/outcome_tables.py" />
      <source>To review</source>
      <translation>Zu prüfen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/outcome_tables.py" />
      <source>Failed</source>
      <translation>Fehlgeschlagen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/outcome_tables.py" />
      <source>Not found</source>
      <translation>Nicht gefunden</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/outcome_tables.py" />
      <source>Left out</source>
      <translation>Ausgelassen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/outcome_tables.py" />
      <source>Image</source>
      <translation>Bild</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/outcome_tables.py" />
      <source>Result</source>
      <translation>Ergebnis</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/outcome_tables.py" />
      <source>How sure</source>
      <translation>Wie sicher</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/outcome_tables.py" />
      <source>Remarks</source>
      <translation>Anmerkungen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/outcome_tables.py" />
      <source>Results by image</source>
      <translation>Ergebnisse nach Bildern</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/outcome_tables.py" />
      <source>“{path}” does not exist any more: it was moved or deleted.</source>
      <translation>„{path}“ gibt es nicht mehr: verschoben oder gelöscht.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/outcome_tables.py" />
      <source>Nothing on this system opens “{path}”: open it elsewhere.</source>
      <translation>Kein Programm auf diesem System öffnet „{path}“: anderswo öffnen.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/output_choice.py" />
      <source>8 bits</source>
      <translation>8 Bit</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/output_choice.py" />
      <source>Enough for most programs</source>
      <translation>Genug für die meisten Programme</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/output_choice.py" />
      <source>16 bits</source>
      <translation>16 Bit</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/output_choice.py" />
      <source>Finer steps, for PNG and TIFF; files are larger</source>
      <translation>Feinere Stufen, für PNG und TIFF; die Dateien sind größer</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/output_choice.py" />
      <source>Images in which the object is less likely to be than this are listed as not found, and not exported</source>
      <translation>Bilder, in denen das Objekt weniger wahrscheinlich ist, werden als nicht gefunden aufgeführt und nicht exportiert</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/output_choice.py" />
      <source>The kind of file</source>
      <translation>Die Art der Datei</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/output_choice.py" />
      <source>There is no folder for the results: choose one.</source>
      <translation>Es gibt keinen Ordner für die Ergebnisse: einen wählen.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/output_choice.py" />
      <source>Results</source>
      <translation>Ergebnisse</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/output_choice.py" />
      <source>Format</source>
      <translation>Format</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/output_choice.py" />
      <source>Forma&amp;t</source>
      <translation>&amp;Format</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/output_choice.py" />
      <source>&amp;Quality</source>
      <translation>&amp;Qualität</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/output_choice.py" />
      <source>100 is best and largest</source>
      <translation>100 ist am besten und am größten</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/output_choice.py" />
      <source>Longest side</source>
      <translation>Längste Seite</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/output_choice.py" />
      <source>Depth of mattes</source>
      <translation>Farbtiefe der Masken</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/output_choice.py" />
      <source>Mattes &amp;in</source>
      <translation>Masken m&amp;it</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/output_choice.py" />
      <source>The folder of the results; it is created if need be</source>
      <translation>Der Ordner der Ergebnisse; er wird bei Bedarf angelegt</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/output_choice.py" />
      <source>&amp;Browse…</source>
      <translation>D&amp;urchsuchen…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/output_choice.py" />
      <source>Choose the folder</source>
      <translation>Ordner wählen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/output_choice.py" />
      <source>Fol&amp;der</source>
      <translation>O&amp;rdner</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/output_choice.py" />
      <source>Matte beside</source>
      <translation>Maske dazu</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/output_choice.py" />
      <source>Write the matte beside each result too</source>
      <translation>Zu jedem Ergebnis auch die Maske schreiben</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/output_choice.py" />
      <source>Keep met&amp;adata</source>
      <translation>Metadaten be&amp;wahren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/output_choice.py" />
      <source>Carry EXIF, XMP and IPTC of each image on</source>
      <translation>EXIF, XMP und IPTC jedes Bildes übernehmen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/output_choice.py" />
      <source>Export the best match even where nothing seems to match; it is listed among those to review</source>
      <translation>Die beste Übereinstimmung auch dann exportieren, wenn nichts zu passen scheint; sie steht unter „Zu prüfen“</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/output_choice.py" />
      <source>Best guess</source>
      <translation>Vermutung zulassen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/output_choice.py" />
      <source>How sure an answer has to be</source>
      <translation>Wie sicher eine Antwort sein muss</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/output_choice.py" />
      <source>as usual</source>
      <translation>wie üblich</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/output_choice.py" />
      <source>S&amp;ure from</source>
      <translation>Si&amp;cher ab</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/output_choice.py" />
      <source>Choose a folder</source>
      <translation>Ordner wählen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/plan_page.py" />
      <source>Nothing is left to do: every image is left out. Choose another folder, or number or replace taken names.</source>
      <translation>Nichts mehr zu tun: jedes Bild wird ausgelassen. Einen anderen Ordner wählen, oder vergebene Namen nummerieren oder ersetzen.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/plan_page.py" />
      <source>The problems at the top of the table must be solved first. Solve them, or go back and change the settings.</source>
      <translation>Zuerst müssen die Probleme oben in der Tabelle gelöst werden: hier, oder zurück zu den Einstellungen.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/plan_page.py" />
      <source>There are images without words yet: double-click under Cut out and type what to cut out, or go back.</source>
      <translation>Einige Bilder haben noch keine Wörter: unter „Freistellen“ doppelklicken und eingeben, oder zurückgehen.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/plan_page.py" />
      <source>Tables (*.csv)</source>
      <translation>Tabellen (*.csv)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/plan_page.py" />
      <source>JSON lines (*.jsonl)</source>
      <translation>JSON-Zeilen (*.jsonl)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/plan_page.py" />
      <source>Checking the images</source>
      <translation>Bilder werden geprüft</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/plan_page.py" />
      <source>Save &amp;list…</source>
      <translation>&amp;Liste speichern…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/plan_page.py" />
      <source>Keep the images and what is cut out of each, for another day</source>
      <translation>Die Bilder und was in jedem freigestellt wird für später bewahren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/plan_page.py" />
      <source>&amp;Taken names</source>
      <translation>Ver&amp;gebene Namen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/plan_page.py" />
      <source>Checking the images and the folder of the results…</source>
      <translation>Die Bilder und der Ordner der Ergebnisse werden geprüft…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/plan_page.py" />
      <source>{summary} Double-click what is cut out to type something else for one image.</source>
      <translation>{summary} Doppelklick auf „Freistellen“ ändert es für ein einzelnes Bild.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/plan_page.py" />
      <source>The images could not be checked.</source>
      <translation>Die Bilder konnten nicht geprüft werden.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/plan_page.py" />
      <source>Save the list of images</source>
      <translation>Bilderliste speichern</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/plan_page.py" />
      <source>The list was saved as “{name}”. Add it like images to go on with it.</source>
      <translation>Die Liste wurde als „{name}“ gespeichert. Sie lässt sich wie Bilder hinzufügen, um damit weiterzumachen.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/plan_table.py" />
      <source>as in the example</source>
      <translation>wie im Beispiel</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/plan_table.py" />
      <source>double-click, and type</source>
      <translation>doppelklicken und eingeben</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/plan_table.py" />
      <source>Double-click to type something else for this image: + adds, - takes away, &amp; limits it to</source>
      <translation>Doppelklicken, um für dieses Bild etwas anderes einzugeben: + fügt hinzu, - zieht ab, &amp; beschränkt darauf</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/plan_table.py" />
      <source>one image</source>
      <translation>ein Bild</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/plan_table.py" />
      <source>{skipped:,} left out</source>
      <translation>{skipped:,} ausgelassen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/plan_table.py" />
      <source>{broken:,} missing or unreadable</source>
      <translation>{broken:,} fehlen oder sind unlesbar</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/plan_table.py" />
      <source>{fatal:,} problems to be solved first</source>
      <translation>{fatal:,} Probleme sind zuerst zu lösen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/plan_table.py" />
      <source>one problem to be solved first</source>
      <translation>ein Problem ist zuerst zu lösen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/plan_table.py" />
      <source>{counts}. The results need about {need}; {free} are free.</source>
      <translation>{counts}. Die Ergebnisse brauchen etwa {need}; {free} sind frei.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/plan_table.py" />
      <source>Must be solved: </source>
      <translation>Zu lösen: </translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/plan_table.py" />
      <source>Problem</source>
      <translation>Problem</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/plan_table.py" />
      <source>left out</source>
      <translation>ausgelassen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/plan_table.py" />
      <source>What will be made of which image</source>
      <translation>Was aus welchem Bild gemacht wird</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/preset_choice.py" />
      <source>Edit, edge, place, shadow and export as a preset has them; Edit &gt; Presets saves one</source>
      <translation>Bearbeitung, Kante, Platz, Schatten und Export wie in einer Vorlage; „Bearbeiten &gt; Vorlagen“ speichert eine</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/preset_choice.py" />
      <source>Preset</source>
      <translation>Vorlage</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/preset_choice.py" />
      <source>Choose a preset…</source>
      <translation>Vorlage wählen…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/preset_choice.py" />
      <source>None saved yet</source>
      <translation>Noch keine gespeichert</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/resume_offer.py" />
      <source>&amp;Resume it</source>
      <translation>&amp;Fortsetzen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/resume_offer.py" />
      <source>Export the images that are left</source>
      <translation>Die übrigen Bilder exportieren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/resume_offer.py" />
      <source>In the last export into this folder, {left:,} of {total:,} images failed or were not reached. Resume it as it was planned, or make a new plan.</source>
      <translation>Beim letzten Export in diesen Ordner sind {left:,} von {total:,} Bildern fehlgeschlagen oder nicht erreicht worden. Ihn wie geplant fortsetzen oder neu planen.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/run_page.py" />
      <source>Exporting…</source>
      <translation>Export läuft…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/run_page.py" />
      <source>exported</source>
      <translation>exportiert</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/run_page.py" />
      <source>failed</source>
      <translation>fehlgeschlagen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/run_page.py" />
      <source>not found</source>
      <translation>nicht gefunden</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/run_page.py" />
      <source>Images that are finished</source>
      <translation>Fertige Bilder</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/run_page.py" />
      <source>The newest result</source>
      <translation>Das neueste Ergebnis</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/run_page.py" />
      <source>&amp;Pause</source>
      <translation>&amp;Pause</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/run_page.py" />
      <source>Hold the export; nothing is lost</source>
      <translation>Den Export anhalten; nichts geht verloren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/run_page.py" />
      <source>&amp;Stop</source>
      <translation>&amp;Abbrechen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/run_page.py" />
      <source>Stop; finished images stay, the rest can be resumed</source>
      <translation>Abbrechen; fertige Bilder bleiben, die übrigen können fortgesetzt werden</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/run_page.py" />
      <source>Open &amp;folder</source>
      <translation>&amp;Ordner öffnen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/run_page.py" />
      <source>Show the results</source>
      <translation>Die Ergebnisse zeigen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/run_page.py" />
      <source>Open &amp;report</source>
      <translation>&amp;Bericht öffnen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/run_page.py" />
      <source>The result of each image</source>
      <translation>Das Ergebnis jedes Bildes</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/run_page.py" />
      <source>Open in a &amp;tab</source>
      <translation>In einem &amp;Tab öffnen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/run_page.py" />
      <source>Open the selected image in the window, to check and mend it</source>
      <translation>Das ausgewählte Bild im Fenster öffnen, um es zu prüfen und auszubessern</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/run_page.py" />
      <source>Starting: the model is being loaded…</source>
      <translation>Start: das Modell wird geladen…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/run_page.py" />
      <source>Stopping, and writing the report…</source>
      <translation>Wird abgebrochen, der Bericht wird geschrieben…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/run_page.py" />
      <source>{done:,} done, {left:,} left</source>
      <translation>{done:,} fertig, {left:,} übrig</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/run_page.py" />
      <source>{pace:.1f} images a second</source>
      <translation>{pace:.1f} Bilder pro Sekunde</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/run_page.py" />
      <source>{pace:.1f} images a minute</source>
      <translation>{pace:.1f} Bilder pro Minute</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/run_page.py" />
      <source>about {duration} left</source>
      <translation>noch etwa {duration}</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/run_page.py" />
      <source>Paused until you resume it.</source>
      <translation>Angehalten, bis es fortgesetzt wird.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/run_page.py" />
      <source>&amp;Resume</source>
      <translation>&amp;Fortsetzen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/run_page.py" />
      <source>The export could not be done.</source>
      <translation>Der Export war nicht möglich.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/run_page.py" />
      <source> ({count:,} to review)</source>
      <translation> ({count:,} zu prüfen)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/run_page.py" />
      <source>{left:,} left</source>
      <translation>{left:,} übrig</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/run_page.py" />
      <source>Stopped after {time}</source>
      <translation>Abgebrochen nach {time}</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/run_page.py" />
      <source>Finished after {time}</source>
      <translation>Beendet nach {time}</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/run_page.py" />
      <source>nothing to do</source>
      <translation>nichts zu tun</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/setup_page.py" />
      <source>There are no images: add files, a folder or a list, or drop them here.</source>
      <translation>Es gibt keine Bilder: Dateien, einen Ordner oder eine Liste hinzufügen oder hier ablegen.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/setup_page.py" />
      <source>The drop contains no files: drop files or folders from a file manager.</source>
      <translation>Hier wurde keine Datei abgelegt: Dateien oder Ordner aus einem Dateimanager ablegen.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/setup_page.py" />
      <source>Brush strokes, clicks and further layers stay with the image in which they were made.</source>
      <translation>Pinselstriche, Klicks und weitere Ebenen bleiben bei dem Bild, in dem sie entstanden sind.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/setup_page.py" />
      <source>Edit</source>
      <translation>Bearbeitung</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/setup_page.py" />
      <source>Edge</source>
      <translation>Kante</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/setup_page.py" />
      <source>Move, scale and turn every object, with its shadow, outline and match of colours</source>
      <translation>Jedes Objekt verschieben, skalieren und drehen, mit Schatten, Kontur und angeglichenen Farben</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/setup_page.py" />
      <source>Edit and edge</source>
      <translation>Bearbeitung und Kante</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/setup_page.py" />
      <source>&amp;Preset</source>
      <translation>&amp;Vorlage</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/setup_page.py" />
      <source>Place and shado&amp;w as in {source}</source>
      <translation>&amp;Platz und Schatten wie in {source}</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/setup_page.py" />
      <source>As in {source}, for every image.</source>
      <translation>Wie in {source}, für jedes Bild.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/setup_page.py" />
      <source>For every image.</source>
      <translation>Für jedes Bild.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/batch/setup_page.py" />
      <source>the preset “{name}”</source>
      <translation>der Vorlage „{name}“</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/canvas/canvas.py" />
      <source>Canvas</source>
      <translation>Leinwand</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/canvas/canvas.py" />
      <source>The image. Arrow keys move it, the wheel zooms, the space bar drags it, backslash shows the original.</source>
      <translation>Das Bild. Pfeiltasten bewegen es, das Mausrad zoomt, die Leertaste zieht es, der Rückstrich zeigt das Original.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/canvas/image_view.py" />
      <source>Drop a photograph here, or press Ctrl+O</source>
      <translation>Ein Foto hier ablegen, oder Strg+O drücken</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/canvas/image_view.py" />
      <source>Then describe what to cut out, such as “the dog on the left”.</source>
      <translation>Dann beschreiben, was freigestellt werden soll, auf Englisch: „the dog on the left“.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/canvas/image_view.py" />
      <source>Nothing is selected yet: describe an object, or paint it</source>
      <translation>Noch ist nichts ausgewählt: ein Objekt beschreiben oder malen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/canvas/image_view.py" />
      <source>Drop to open</source>
      <translation>Zum Öffnen ablegen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/canvas/image_view.py" />
      <source>Original</source>
      <translation>Original</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/canvas/image_view.py" />
      <source>Before</source>
      <translation>Vorher</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/canvas/image_view.py" />
      <source>After</source>
      <translation>Nachher</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/crop_dialog.py" />
      <source>Free</source>
      <translation>Frei</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/crop_dialog.py" />
      <source>Any rectangle</source>
      <translation>Beliebiges Rechteck</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/crop_dialog.py" />
      <source>As the image</source>
      <translation>Wie das Bild</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/crop_dialog.py" />
      <source>The aspect that the image has now</source>
      <translation>Das Seitenverhältnis, das das Bild jetzt hat</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/crop_dialog.py" />
      <source>Width to height</source>
      <translation>Breite zu Höhe</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/crop_dialog.py" />
      <source>Crop and straighten “{title}”</source>
      <translation>„{title}“ zuschneiden und begradigen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/crop_dialog.py" />
      <source>Aspect of the crop</source>
      <translation>Seitenverhältnis des Zuschnitts</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/crop_dialog.py" />
      <source>Turn the image until what should be level is level; the corners are cut off</source>
      <translation>Das Bild drehen, bis gerade ist, was gerade sein soll; die Ecken werden abgeschnitten</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/crop_dialog.py" />
      <source>&amp;Straighten</source>
      <translation>&amp;Begradigen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/crop_dialog.py" />
      <source>The size after the crop</source>
      <translation>Die Größe nach dem Zuschnitt</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/crop_dialog.py" />
      <source>Size after the crop</source>
      <translation>Größe nach dem Zuschnitt</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/crop_dialog.py" />
      <source>&amp;Reset</source>
      <translation>&amp;Zurücksetzen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/crop_dialog.py" />
      <source>The whole image, not turned</source>
      <translation>Das ganze Bild, nicht gedreht</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/crop_dialog.py" />
      <source>&amp;Aspect</source>
      <translation>&amp;Seitenverhältnis</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/crop_dialog.py" />
      <source>Appl&amp;y</source>
      <translation>An&amp;wenden</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/crop_dialog.py" />
      <source>Change the image; this can be undone</source>
      <translation>Das Bild ändern; das lässt sich rückgängig machen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/crop_dialog.py" />
      <source>Cancel</source>
      <translation>Abbrechen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/crop_dialog.py" />
      <source>Crop</source>
      <translation>Zuschneiden</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/crop_dialog.py" />
      <source>Straighten</source>
      <translation>Begradigen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/crop_dialog.py" />
      <source>Crop and straighten</source>
      <translation>Zuschneiden und begradigen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/crop_view.py" />
      <source>Crop: drag the rectangle, or move it with the arrow keys</source>
      <translation>Zuschnitt: das Rechteck ziehen oder mit den Pfeiltasten bewegen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/example_dialog.py" />
      <source>found</source>
      <translation>gefunden</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/example_dialog.py" />
      <source>not sure: check it</source>
      <translation>nicht sicher: prüfen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/example_dialog.py" />
      <source>waiting</source>
      <translation>wartet</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/example_dialog.py" />
      <source>Found in the Open Images</source>
      <translation>In den offenen Bildern gefunden</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/example_dialog.py" />
      <source>Images, the least certain first</source>
      <translation>Bilder, das unsicherste zuerst</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/example_dialog.py" />
      <source>Answer</source>
      <translation>Antwort</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/example_dialog.py" />
      <source>“{wanted}” in the open images: {done} of {count} done. The least certain come first; click one to go there. Each can be undone there.</source>
      <translation>„{wanted}“ in den offenen Bildern: {done} von {count} fertig. Die unsichersten stehen oben; ein Klick führt hin. Jedes kann dort rückgängig gemacht werden.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/export_dialog.py" />
      <source>Result of the edit</source>
      <translation>Ergebnis der Bearbeitung</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/export_dialog.py" />
      <source>Matte, 8 bits</source>
      <translation>Maske, 8 Bit</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/export_dialog.py" />
      <source>Matte, 16 bits</source>
      <translation>Maske, 16 Bit</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/export_dialog.py" />
      <source>Layers for other editors</source>
      <translation>Ebenen für andere Programme</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/export_dialog.py" />
      <source>Export “{title}”</source>
      <translation>„{title}“ exportieren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/export_dialog.py" />
      <source>What of the document is written</source>
      <translation>Was vom Dokument geschrieben wird</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/export_dialog.py" />
      <source>&amp;What</source>
      <translation>&amp;Was</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/export_dialog.py" />
      <source>&amp;Format</source>
      <translation>&amp;Format</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/export_dialog.py" />
      <source>&amp;Longest side</source>
      <translation>Längste &amp;Seite</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/export_dialog.py" />
      <source>&amp;Keep metadata</source>
      <translation>&amp;Metadaten bewahren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/export_dialog.py" />
      <source>Carry camera, date, place and author of the image on (EXIF, XMP, IPTC)</source>
      <translation>Kamera, Datum, Ort und Urheber des Bildes übernehmen (EXIF, XMP, IPTC)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/export_dialog.py" />
      <source>The name of the file</source>
      <translation>Der Name der Datei</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/export_dialog.py" />
      <source>&amp;Name</source>
      <translation>Nam&amp;e</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/export_dialog.py" />
      <source>The folder of the file</source>
      <translation>Der Ordner der Datei</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/export_dialog.py" />
      <source>Exporting</source>
      <translation>Export läuft</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/export_dialog.py" />
      <source>The export was cancelled.</source>
      <translation>Der Export wurde abgebrochen.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/export_dialog.py" />
      <source>The file has no name: type one.</source>
      <translation>Die Datei hat keinen Namen: einen eingeben.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/export_dialog.py" />
      <source>“{name}” is the image that is open.</source>
      <translation>„{name}“ ist das geöffnete Bild.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/export_dialog.py" />
      <source>“{name}” exists already.</source>
      <translation>„{name}“ gibt es schon.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/export_dialog.py" />
      <source>Replace it, or choose another name.</source>
      <translation>Ersetzen, oder einen anderen Namen wählen.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/export_dialog.py" />
      <source>Re&amp;place</source>
      <translation>Erse&amp;tzen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/export_formats.py" />
      <source>PNG (lossless)</source>
      <translation>PNG (verlustfrei)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/export_formats.py" />
      <source>WebP (small)</source>
      <translation>WebP (klein)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/export_formats.py" />
      <source>TIFF (lossless)</source>
      <translation>TIFF (verlustfrei)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/export_formats.py" />
      <source>JPEG (no transparency)</source>
      <translation>JPEG (ohne Transparenz)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/export_formats.py" />
      <source>AVIF (smallest)</source>
      <translation>AVIF (am kleinsten)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/export_formats.py" />
      <source>OpenRaster (layers)</source>
      <translation>OpenRaster (Ebenen)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/export_formats.py" />
      <source>Photoshop (layers, masks)</source>
      <translation>Photoshop (Ebenen, Masken)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/export_formats.py" />
      <source>Only OpenRaster (.ora) and Photoshop (.psd) hold layers.</source>
      <translation>Nur OpenRaster (.ora) und Photoshop (.psd) können Ebenen enthalten.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/export_formats.py" />
      <source>{format} ({suffix}) is for layers: choose Layers for other editors under What first.</source>
      <translation>{format} ({suffix}) ist für Ebenen: unter „Was“ zuerst „Ebenen für andere Programme“ wählen.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/export_formats.py" />
      <source>{name} cannot hold the transparency of this result: choose another format, or put the object on a colour.</source>
      <translation>{name} kann die Transparenz dieses Ergebnisses nicht enthalten: ein anderes Format wählen oder das Objekt auf eine Farbe setzen.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/export_formats.py" />
      <source>{name} holds 8 bits a channel: 16 bits need PNG or TIFF.</source>
      <translation>{name} hat 8 Bit je Kanal: 16 Bit brauchen PNG oder TIFF.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/framing_rows.py" />
      <source>Square 1:1</source>
      <translation>Quadrat 1:1</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/framing_rows.py" />
      <source>Portrait 4:5</source>
      <translation>Hochformat 4:5</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/framing_rows.py" />
      <source>Portrait 3:4</source>
      <translation>Hochformat 3:4</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/framing_rows.py" />
      <source>Landscape 4:3</source>
      <translation>Querformat 4:3</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/framing_rows.py" />
      <source>Wide 16:9</source>
      <translation>Breitbild 16:9</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/framing_rows.py" />
      <source>Whole image</source>
      <translation>Ganzes Bild</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/framing_rows.py" />
      <source>As large as the image</source>
      <translation>So groß wie das Bild</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/framing_rows.py" />
      <source>Trim to the object</source>
      <translation>Auf das Objekt zuschneiden</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/framing_rows.py" />
      <source>Cut off the rest</source>
      <translation>Den Rest abschneiden</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/framing_rows.py" />
      <source>The object in the middle, as large as it is</source>
      <translation>Das Objekt in der Mitte, so groß, wie es ist</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/framing_rows.py" />
      <source>Size in pixels</source>
      <translation>Größe in Pixeln</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/framing_rows.py" />
      <source>The object in the middle, scaled to fit</source>
      <translation>Das Objekt in der Mitte, passend skaliert</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/framing_rows.py" />
      <source>px</source>
      <translation>px</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/framing_rows.py" />
      <source>Pixels of the result</source>
      <translation>Pixel des Ergebnisses</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/framing_rows.py" />
      <source>A share of the canvas, or of the object where it is trimmed</source>
      <translation>Ein Anteil der Bildfläche, oder des Objekts, wenn darauf zugeschnitten wird</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/framing_rows.py" />
      <source>Which part of the image is written</source>
      <translation>Welcher Teil des Bildes geschrieben wird</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/framing_rows.py" />
      <source>F&amp;rame</source>
      <translation>&amp;Ausschnitt</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/framing_rows.py" />
      <source>Width of the result</source>
      <translation>Breite des Ergebnisses</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/framing_rows.py" />
      <source>Height of the result</source>
      <translation>Höhe des Ergebnisses</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/framing_rows.py" />
      <source>Si&amp;ze</source>
      <translation>Gr&amp;öße</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/framing_rows.py" />
      <source>Room around the object</source>
      <translation>Raum um das Objekt</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/framing_rows.py" />
      <source>Margin around the object</source>
      <translation>Rand um das Objekt</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/framing_rows.py" />
      <source>Unit of the margin</source>
      <translation>Einheit des Randes</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/framing_rows.py" />
      <source>Mar&amp;gin</source>
      <translation>Ra&amp;nd</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/framing_rows.py" />
      <source>, white</source>
      <translation>, weiß</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_choice.py" />
      <source>Automatic (the fastest)</source>
      <translation>Automatisch (am schnellsten)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_choice.py" />
      <source>CPU</source>
      <translation>CPU</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_choice.py" />
      <source>NVIDIA GPU (CUDA)</source>
      <translation>NVIDIA-Grafikkarte (CUDA)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_choice.py" />
      <source>Apple GPU (MPS)</source>
      <translation>Apple-Grafikeinheit (MPS)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_choice.py" />
      <source>Automatic</source>
      <translation>Automatisch</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_choice.py" />
      <source>32 bits (float32)</source>
      <translation>32 Bit (float32)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_choice.py" />
      <source>16 bits (bfloat16)</source>
      <translation>16 Bit (bfloat16)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_choice.py" />
      <source>16 bits (float16)</source>
      <translation>16 Bit (float16)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_choice.py" />
      <source>Which weights answer</source>
      <translation>Welche Gewichte antworten</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_choice.py" />
      <source>Where the model runs</source>
      <translation>Wo das Modell rechnet</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_choice.py" />
      <source>How exactly the model computes; automatic suits the device</source>
      <translation>Wie genau das Modell rechnet; die Automatik passt zum Gerät</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_choice.py" />
      <source>&amp;Weights</source>
      <translation>Ge&amp;wichte</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_choice.py" />
      <source>&amp;Device</source>
      <translation>&amp;Gerät</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_choice.py" />
      <source>&amp;Precision</source>
      <translation>Genau&amp;igkeit</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_dialog.py" />
      <source>The download was stopped; what arrived whole stays for the next try.</source>
      <translation>Der Download wurde angehalten; was ganz angekommen ist, bleibt für den nächsten Versuch.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_dialog.py" />
      <source>Models</source>
      <translation>Modelle</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_dialog.py" />
      <source>Work on the weights</source>
      <translation>Arbeit an den Gewichten</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_dialog.py" />
      <source>What answers</source>
      <translation>Was antwortet</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_dialog.py" />
      <source>&amp;Fetch CLIP</source>
      <translation>CLIP &amp;holen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_dialog.py" />
      <source>Download a system, or CLIP, which the training of these weights starts from</source>
      <translation>Ein System herunterladen, oder CLIP, von dem das Training dieser Gewichte ausgeht</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_dialog.py" />
      <source>&amp;Verify</source>
      <translation>&amp;Prüfen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_dialog.py" />
      <source>Check that the file is whole</source>
      <translation>Prüfen, ob die Datei vollständig ist</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_dialog.py" />
      <source>&amp;Remove…</source>
      <translation>&amp;Entfernen…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_dialog.py" />
      <source>Delete your own weights, or what was fetched, from this machine</source>
      <translation>Eigene Gewichte oder Heruntergeladenes von diesem Rechner löschen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_dialog.py" />
      <source>&amp;Choose a file…</source>
      <translation>&amp;Datei wählen…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_dialog.py" />
      <source>Use weights from a file of your own, or that a system's authors offer</source>
      <translation>Gewichte aus einer eigenen Datei nehmen, oder aus einer, die die Autoren eines Systems anbieten</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_dialog.py" />
      <source>Use a system's weights from a folder, as its authors publish them</source>
      <translation>Gewichte eines Systems aus einem Ordner verwenden, wie dessen Autoren sie veröffentlichen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_dialog.py" />
      <source>Choose a f&amp;older…</source>
      <translation>&amp;Ordner wählen…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_dialog.py" />
      <source>Stop</source>
      <translation>Abbrechen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_dialog.py" />
      <source>End the download; what arrived whole stays</source>
      <translation>Den Download beenden; was ganz angekommen ist, bleibt</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_dialog.py" />
      <source>&amp;Fetch</source>
      <translation>&amp;Holen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_dialog.py" />
      <source>Fetching {name}…</source>
      <translation>{name} wird heruntergeladen…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_dialog.py" />
      <source>Fetched to {path}.</source>
      <translation>Heruntergeladen nach {path}.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_dialog.py" />
      <source>Verifying {name}…</source>
      <translation>{name} wird geprüft…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_dialog.py" />
      <source>Remove weights</source>
      <translation>Gewichte entfernen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_dialog.py" />
      <source>Delete the weights of “{name}” from this machine?</source>
      <translation>Die Gewichte von „{name}“ von diesem Rechner löschen?</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_dialog.py" />
      <source>What was fetched can be fetched again; weights of your own are lost.</source>
      <translation>Heruntergeladenes kann erneut heruntergeladen werden; eigene Gewichte sind verloren.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_dialog.py" />
      <source>&amp;Delete</source>
      <translation>&amp;Löschen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_dialog.py" />
      <source>Removing {name}…</source>
      <translation>{name} wird entfernt…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_dialog.py" />
      <source>Removed {files}.</source>
      <translation>Entfernt: {files}.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_dialog.py" />
      <source>Weights (*.safetensors *.safetensors.index.json *.pt *.pth);;All files (*)</source>
      <translation>Gewichte (*.safetensors *.safetensors.index.json *.pt *.pth);;Alle Dateien (*)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_dialog.py" />
      <source>Choose weights</source>
      <translation>Gewichte wählen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_dialog.py" />
      <source>Choose a folder of weights</source>
      <translation>Ordner mit Gewichten wählen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_dialog.py" />
      <source>Reading {path}…</source>
      <translation>{path} wird gelesen…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_dialog.py" />
      <source>Stopping…</source>
      <translation>Wird abgebrochen…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_dialog.py" />
      <source>{done:.0f} of {total:.0f} MB fetched…</source>
      <translation>{done:.0f} von {total:.0f} MB heruntergeladen…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_dialog.py" />
      <source>{done:.0f} MB fetched…</source>
      <translation>{done:.0f} MB heruntergeladen…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/model_dialog.py" />
      <source>Looking at the devices of this machine…</source>
      <translation>Die Geräte dieses Rechners werden angesehen…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/preferences_dialog.py" />
      <source>As the system</source>
      <translation>Wie das System</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/preferences_dialog.py" />
      <source>Light</source>
      <translation>Hell</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/preferences_dialog.py" />
      <source>Dark</source>
      <translation>Dunkel</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/preferences_dialog.py" />
      <source>Preferences</source>
      <translation>Einstellungen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/preferences_dialog.py" />
      <source>Window</source>
      <translation>Fenster</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/preferences_dialog.py" />
      <source>Light or dark colours</source>
      <translation>Helle oder dunkle Farben</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/preferences_dialog.py" />
      <source>&amp;Theme</source>
      <translation>&amp;Farbschema</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/preferences_dialog.py" />
      <source>Of menus, texts and dialogs</source>
      <translation>Von Menüs, Texten und Dialogen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/preferences_dialog.py" />
      <source>&amp;Language</source>
      <translation>&amp;Sprache</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/preferences_dialog.py" />
      <source>The language changes when RIM Editor is started again.</source>
      <translation>Die Sprache ändert sich beim nächsten Start von RIM Editor.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/preferences_dialog.py" />
      <source>&amp;Reduce motion</source>
      <translation>&amp;Bewegung verringern</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/preferences_dialog.py" />
      <source>No marching ants and no smooth zooming</source>
      <translation>Keine Ameisenlinie und kein gleitender Zoom</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/preferences_dialog.py" />
      <source>Of WebP, JPEG and AVIF; 100 is best</source>
      <translation>Von WebP, JPEG und AVIF; 100 ist am besten</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/preferences_dialog.py" />
      <source>Model</source>
      <translation>Modell</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/preferences_dialog.py" />
      <source>Memory</source>
      <translation>Gedächtnis</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/preferences_dialog.py" />
      <source>&amp;Clear history</source>
      <translation>Verlauf &amp;leeren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/preferences_dialog.py" />
      <source>Forget the expressions and the recent images</source>
      <translation>Die Ausdrücke und die zuletzt geöffneten Bilder vergessen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/preferences_dialog.py" />
      <source>Expressions and recent images are forgotten when you press OK.</source>
      <translation>Ausdrücke und zuletzt geöffnete Bilder werden mit OK vergessen.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/preferences_dialog.py" />
      <source>{expressions} and {images} are kept.</source>
      <translation>{expressions} und {images} werden aufbewahrt.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/preferences_dialog.py" />
      <source>1 expression</source>
      <translation>1 Ausdruck</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/preferences_dialog.py" />
      <source>{count} expressions</source>
      <translation>{count} Ausdrücke</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/preferences_dialog.py" />
      <source>1 recent image</source>
      <translation>1 zuletzt geöffnetes Bild</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/preferences_dialog.py" />
      <source>{count} recent images</source>
      <translation>{count} zuletzt geöffnete Bilder</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/shortcuts_dialog.py" />
      <source>Keyboard Shortcuts</source>
      <translation>Tastenkürzel</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/shortcuts_dialog.py" />
      <source>Search for an action or a key</source>
      <translation>Nach einer Aktion oder Taste suchen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/shortcuts_dialog.py" />
      <source>Search</source>
      <translation>Suchen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/shortcuts_dialog.py" />
      <source>Keyboard shortcuts</source>
      <translation>Tastenkürzel</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/shortcuts_dialog.py" />
      <source>Menu</source>
      <translation>Menü</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/shortcuts_dialog.py" />
      <source>Action</source>
      <translation>Aktion</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/shortcuts_dialog.py" />
      <source>Keys</source>
      <translation>Tasten</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/shortcuts_dialog.py" />
      <source>No action matches “{words}”.</source>
      <translation>Keine Aktion passt zu „{words}“.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/weights_table.py" />
      <source>Weights</source>
      <translation>Gewichte</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/weights_table.py" />
      <source>What they are</source>
      <translation>Was sie sind</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/weights_table.py" />
      <source>State</source>
      <translation>Zustand</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/weights_table.py" />
      <source>Size</source>
      <translation>Größe</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/weights_table.py" />
      <source>Licence</source>
      <translation>Lizenz</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/weights_table.py" />
      <source>{name} comes with the program: there is nothing to fetch or to remove.</source>
      <translation>{name} gehört zum Programm: es gibt nichts herunterzuladen oder zu entfernen.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/weights_table.py" />
      <source>{name} is in {path}.</source>
      <translation>{name} liegt in {path}.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/weights_table.py" />
      <source>Fetch</source>
      <translation>„Holen“</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/weights_table.py" />
      <source>{name} cannot answer, its weights are missing: {remedy}.</source>
      <translation>{name} kann nicht antworten, die Gewichte fehlen: {remedy}.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/weights_table.py" />
      <source>Ready, bundled</source>
      <translation>Bereit, mitgeliefert</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/weights_table.py" />
      <source>Ready</source>
      <translation>Bereit</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/weights_table.py" />
      <source>Missing: bring the file</source>
      <translation>Fehlen: Datei mitbringen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/weights_table.py" />
      <source>Missing: fetch them</source>
      <translation>Fehlen: herunterladen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/weights_table.py" />
      <source>Missing: install again</source>
      <translation>Fehlen: neu installieren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dialogs/weights_table.py" />
      <source>Missing: train them first</source>
      <translation>Fehlen: zuerst trainieren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dropped_data.py" />
      <source>Images are not fetched from the internet here: save the image in the browser, then open the file.</source>
      <translation>Hier werden keine Bilder aus dem Internet geholt: das Bild im Browser speichern, dann die Datei öffnen.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dropped_data.py" />
      <source>The drop contains no image: drop image files.</source>
      <translation>Hier wurde kein Bild abgelegt: Bilddateien ablegen.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/dropped_data.py" />
      <source>There is no image on the clipboard: copy an image or an image file first.</source>
      <translation>In der Zwischenablage ist kein Bild: zuerst ein Bild oder eine Bilddatei kopieren.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/answer_line.py" />
      <source>Use it</source>
      <translation>Übernehmen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/answer_line.py" />
      <source>Take the answer as it is</source>
      <translation>Die Antwort so nehmen, wie sie ist</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/answer_line.py" />
      <source>Try other words</source>
      <translation>Andere Wörter versuchen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/answer_line.py" />
      <source>Go to the box</source>
      <translation>Zum Eingabefeld gehen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/answer_line.py" />
      <source>Show the best guess</source>
      <translation>Beste Vermutung zeigen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/answer_line.py" />
      <source>Show what comes closest; it may be something else</source>
      <translation>Zeigen, was am nächsten kommt; es kann etwas anderes sein</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/answer_line.py" />
      <source>Keep the matte</source>
      <translation>Maske behalten</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/answer_line.py" />
      <source>Go on with the matte that was there before</source>
      <translation>Mit der Maske weitermachen, die vorher da war</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/answer_line.py" />
      <source>Take it back</source>
      <translation>Zurücknehmen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/answer_line.py" />
      <source>Undo the answer, and go to the box to try other words</source>
      <translation>Die Antwort rückgängig machen und im Eingabefeld andere Wörter versuchen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/answer_line.py" />
      <source>Status</source>
      <translation>Status</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/background_page.py" />
      <source>Cover</source>
      <translation>Ausfüllen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/background_page.py" />
      <source>Fill the whole image and crop what is left over</source>
      <translation>Das ganze Bild füllen und abschneiden, was übersteht</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/background_page.py" />
      <source>Fit</source>
      <translation>Einpassen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/background_page.py" />
      <source>Show all of the background, with a colour beside it</source>
      <translation>Den ganzen Hintergrund zeigen, mit einer Farbe daneben</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/background_page.py" />
      <source>Tile</source>
      <translation>Kacheln</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/background_page.py" />
      <source>Repeat the background at its own size</source>
      <translation>Den Hintergrund in seiner eigenen Größe wiederholen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/background_page.py" />
      <source>Choose image…</source>
      <translation>Bild wählen…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/background_page.py" />
      <source>Choose what goes behind the object</source>
      <translation>Wählen, was hinter das Objekt kommt</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/background_page.py" />
      <source>How the background fits</source>
      <translation>Wie der Hintergrund eingepasst wird</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/background_page.py" />
      <source>Colour beside the background</source>
      <translation>Farbe neben dem Hintergrund</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/background_page.py" />
      <source>Colour beside</source>
      <translation>Farbe daneben</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/background_page.py" />
      <source>Enlarged to</source>
      <translation>Vergrößert auf</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/background_page.py" />
      <source>100 % is as it fits; one that fills stays full</source>
      <translation>100 % ist wie eingepasst; ein füllender bleibt füllend</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/background_page.py" />
      <source>Move</source>
      <translation>Verschieben</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/background_page.py" />
      <source>Drag on the canvas to move the background</source>
      <translation>Auf der Leinwand ziehen, um den Hintergrund zu verschieben</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/background_page.py" />
      <source>Put back</source>
      <translation>Zurücksetzen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/background_page.py" />
      <source>Put the background back to where it was at first</source>
      <translation>Den Hintergrund dorthin zurücksetzen, wo er zuerst war</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/background_page.py" />
      <source>Blur the original instead</source>
      <translation>Stattdessen das Original weichzeichnen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/background_page.py" />
      <source>Keep its own background, blurred</source>
      <translation>Den eigenen Hintergrund behalten, weichgezeichnet</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/background_page.py" />
      <source>Choose an image, or drop one here.</source>
      <translation>Ein Bild wählen oder hier ablegen.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/background_page.py" />
      <source>Background of {width} × {height} pixels. Drop another one here to change it.</source>
      <translation>Hintergrund von {width} × {height} Pixeln. Einen anderen hier ablegen, um ihn zu ändern.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/brush_panel.py" />
      <source>Brush</source>
      <translation>Pinsel</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/brush_panel.py" />
      <source>Diameter of the brush in pixels of the image ([ and ])</source>
      <translation>Durchmesser des Pinsels in Pixeln des Bildes ([ und ])</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/brush_panel.py" />
      <source>H&amp;ardness</source>
      <translation>H&amp;ärte</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/brush_panel.py" />
      <source>How sharp the rim of the brush is</source>
      <translation>Wie scharf der Rand des Pinsels ist</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/brush_panel.py" />
      <source>Follow edges</source>
      <translation>An Kanten ausrichten</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/brush_panel.py" />
      <source>Brush and eraser take only what is like the middle of the stroke, and stop at edges (W)</source>
      <translation>Pinsel und Radierer nehmen nur, was der Mitte des Strichs gleicht, und halten an Kanten an (W)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/certainty_badge.py" />
      <source>sure</source>
      <translation>sicher</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/certainty_badge.py" />
      <source>not sure</source>
      <translation>nicht sicher</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/certainty_badge.py" />
      <source>hardly there</source>
      <translation>kaum vorhanden</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/certainty_badge.py" />
      <source>Presence {presence}, {words}</source>
      <translation>Präsenz {presence}, {words}</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/certainty_badge.py" />
      <source>of ten answers like this, about {tenths} names something in the image</source>
      <translation>von zehn solchen Antworten benennt etwa {tenths} etwas im Bild</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/certainty_badge.py" />
      <source>of ten answers like this, about {tenths} name something in the image</source>
      <translation>von zehn solchen Antworten benennen etwa {tenths} etwas im Bild</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/chips.py" />
      <source>Find “{text}”</source>
      <translation>„{text}“ suchen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/colour_button.py" />
      <source>White</source>
      <translation>Weiß</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/colour_button.py" />
      <source>Light grey</source>
      <translation>Hellgrau</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/colour_button.py" />
      <source>Grey</source>
      <translation>Grau</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/colour_button.py" />
      <source>Dark grey</source>
      <translation>Dunkelgrau</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/colour_button.py" />
      <source>Black</source>
      <translation>Schwarz</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/colour_button.py" />
      <source>Chroma green</source>
      <translation>Chroma-Grün</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/colour_button.py" />
      <source>Chroma blue</source>
      <translation>Chroma-Blau</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/colour_button.py" />
      <source>Red</source>
      <translation>Rot</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/colour_button.py" />
      <source>Orange</source>
      <translation>Orange</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/colour_button.py" />
      <source>Yellow</source>
      <translation>Gelb</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/colour_button.py" />
      <source>Teal</source>
      <translation>Blaugrün</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/colour_button.py" />
      <source>Violet</source>
      <translation>Violett</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/colour_button.py" />
      <source>{title}: choose a colour</source>
      <translation>{title}: eine Farbe wählen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/colour_button.py" />
      <source>Colour code</source>
      <translation>Farbcode</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/colour_button.py" />
      <source>A colour as #rrggbb, then Enter</source>
      <translation>Eine Farbe als #rrggbb, dann Eingabetaste</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/colour_button.py" />
      <source>&amp;Pick from the image</source>
      <translation>Aus dem Bild &amp;aufnehmen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/colour_button.py" />
      <source>&amp;More colours…</source>
      <translation>&amp;Weitere Farben…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/combine_choice.py" />
      <source>The answer replaces the matte</source>
      <translation>Die Antwort ersetzt die Maske</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/combine_choice.py" />
      <source>The answer is added to the matte</source>
      <translation>Die Antwort kommt zur Maske hinzu</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/combine_choice.py" />
      <source>The answer is taken from the matte</source>
      <translation>Die Antwort wird von der Maske abgezogen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/combine_choice.py" />
      <source>The matte is limited to the answer</source>
      <translation>Die Maske wird auf die Antwort beschränkt</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/combine_choice.py" />
      <source>How the answer joins the matte</source>
      <translation>Wie sich die Antwort mit der Maske verbindet</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/composition_page.py" />
      <source>A highlight leaves the object where it is.</source>
      <translation>Beim Hervorheben bleibt das Objekt, wo es ist.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/composition_page.py" />
      <source>Give the object the light and colours of the image behind it</source>
      <translation>Dem Objekt Licht und Farben des Bildes dahinter geben</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/composition_page.py" />
      <source>Needs an image behind the object: choose Background, or cut out on a layer above another</source>
      <translation>Braucht ein Bild hinter dem Objekt: Hintergrund wählen, oder auf einer Ebene über einer anderen freistellen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/composition_page.py" />
      <source>Of a matte alone, only its place can be changed.</source>
      <translation>Bei einer Maske allein kann nur der Platz geändert werden.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/composition_page.py" />
      <source>Shadow, outline, colours</source>
      <translation>Schatten, Kontur, Farben</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/composition_page.py" />
      <source>Place on canvas</source>
      <translation>Auf der Leinwand platzieren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/composition_page.py" />
      <source>Drag the object on the canvas; corners scale it, the round handle turns it (T)</source>
      <translation>Das Objekt auf der Leinwand ziehen; Ecken skalieren es, der runde Griff dreht es (T)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/composition_page.py" />
      <source>Put the object back to where it is in its image</source>
      <translation>Das Objekt dorthin zurücksetzen, wo es in seinem Bild ist</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/composition_page.py" />
      <source>Right</source>
      <translation>Nach rechts</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/composition_page.py" />
      <source>Of the image's width; less is to the left</source>
      <translation>Von der Breite des Bildes; weniger ist weiter links</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/composition_page.py" />
      <source>Down</source>
      <translation>Nach unten</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/composition_page.py" />
      <source>Of the image's height; less is upwards</source>
      <translation>Von der Höhe des Bildes; weniger ist weiter oben</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/composition_page.py" />
      <source>100 % is as large as in the image</source>
      <translation>100 % ist so groß wie im Bild</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/composition_page.py" />
      <source>Turn</source>
      <translation>Drehung</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/composition_page.py" />
      <source>Clockwise</source>
      <translation>Im Uhrzeigersinn</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/composition_page.py" />
      <source>Mirror</source>
      <translation>Spiegeln</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/composition_page.py" />
      <source>Swap left and right of the object</source>
      <translation>Links und rechts des Objekts vertauschen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/composition_page.py" />
      <source>Let the object throw a soft shadow</source>
      <translation>Das Objekt einen weichen Schatten werfen lassen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/composition_page.py" />
      <source>Direction</source>
      <translation>Richtung</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/composition_page.py" />
      <source>0° to the right, 90° downwards</source>
      <translation>0° nach rechts, 90° nach unten</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/composition_page.py" />
      <source>Distance</source>
      <translation>Abstand</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/composition_page.py" />
      <source>Percent of the image's longer side</source>
      <translation>Prozent der längeren Seite des Bildes</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/composition_page.py" />
      <source>Softness</source>
      <translation>Weichheit</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/composition_page.py" />
      <source>Strength</source>
      <translation>Stärke</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/composition_page.py" />
      <source>How dark it is</source>
      <translation>Wie dunkel er ist</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/composition_page.py" />
      <source>Colour of the shadow</source>
      <translation>Farbe des Schattens</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/composition_page.py" />
      <source>Draw a line around the object</source>
      <translation>Eine Linie um das Objekt ziehen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/composition_page.py" />
      <source>Width</source>
      <translation>Breite</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/composition_page.py" />
      <source>Colour of the outline</source>
      <translation>Farbe der Kontur</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/edit_pages.py" />
      <source>Dim the rest</source>
      <translation>Umgebung abdunkeln</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/edit_pages.py" />
      <source>Darken what is around the object</source>
      <translation>Dunkler machen, was um das Objekt ist</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/edit_pages.py" />
      <source>Grey the rest</source>
      <translation>Umgebung entfärben</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/edit_pages.py" />
      <source>Take the colour out of what is around the object</source>
      <translation>Dem, was um das Objekt ist, die Farbe nehmen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/edit_pages.py" />
      <source>Blur the rest</source>
      <translation>Umgebung weichzeichnen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/edit_pages.py" />
      <source>Blur what is around the object</source>
      <translation>Weichzeichnen, was um das Objekt ist</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/edit_pages.py" />
      <source>Tint the object</source>
      <translation>Objekt einfärben</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/edit_pages.py" />
      <source>Mix a colour into the object</source>
      <translation>Eine Farbe in das Objekt mischen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/edit_pages.py" />
      <source>Studio</source>
      <translation>Studio</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/edit_pages.py" />
      <source>Sky</source>
      <translation>Himmel</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/edit_pages.py" />
      <source>Sunset</source>
      <translation>Sonnenuntergang</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/edit_pages.py" />
      <source>Night</source>
      <translation>Nacht</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/edit_pages.py" />
      <source>Mint</source>
      <translation>Minze</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/edit_pages.py" />
      <source>Take the old background's colour out of the soft edge (decontamination)</source>
      <translation>Die Farbe des alten Hintergrunds aus der weichen Kante nehmen (Dekontamination)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/edit_pages.py" />
      <source>Clean edge colours</source>
      <translation>Kantenfarben säubern</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/edit_pages.py" />
      <source>Style</source>
      <translation>Stil</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/edit_pages.py" />
      <source>St&amp;yle</source>
      <translation>S&amp;til</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/edit_pages.py" />
      <source>0 leaves the image as it is</source>
      <translation>0 lässt das Bild, wie es ist</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/edit_pages.py" />
      <source>Tint</source>
      <translation>Tönung</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/edit_pages.py" />
      <source>Tint colour</source>
      <translation>Farbe der Tönung</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/edit_pages.py" />
      <source>{name} gradient</source>
      <translation>Verlauf {name}</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/edit_pages.py" />
      <source>Start of the gradient</source>
      <translation>Anfang des Verlaufs</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/edit_pages.py" />
      <source>End of the gradient</source>
      <translation>Ende des Verlaufs</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/edit_pages.py" />
      <source>Start</source>
      <translation>Anfang</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/edit_pages.py" />
      <source>End</source>
      <translation>Ende</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/edit_pages.py" />
      <source>Swap colours</source>
      <translation>Farben tauschen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/edit_pages.py" />
      <source>Start with the end, end with the start</source>
      <translation>Mit dem Ende anfangen, mit dem Anfang enden</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/edit_pages.py" />
      <source>Colour</source>
      <translation>Farbe</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/edit_pages.py" />
      <source>Pick from the image</source>
      <translation>Aus dem Bild aufnehmen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/edit_pages.py" />
      <source>Then click on the colour in the image</source>
      <translation>Danach im Bild auf die Farbe klicken</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/edit_panel.py" />
      <source>The object alone, with transparency around it: for PNG, WebP, TIFF and AVIF files.</source>
      <translation>Nur das Objekt, mit Transparenz ringsum: für PNG-, WebP-, TIFF- und AVIF-Dateien.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/edit_panel.py" />
      <source>The layers below are hidden by this edit.</source>
      <translation>Diese Bearbeitung verdeckt die Ebenen darunter.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/edit_panel.py" />
      <source>Solid</source>
      <translation>Einfarbig</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/edit_panel.py" />
      <source>Edit of “{layer}”</source>
      <translation>Bearbeitung von „{layer}“</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/expression_bar.py" />
      <source>Open an image to begin.</source>
      <translation>Zuerst ein Bild öffnen.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/expression_bar.py" />
      <source>Open an image first, then describe what to cut out of it.</source>
      <translation>Zuerst ein Bild öffnen, dann beschreiben, was daraus freigestellt werden soll.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/expression_bar.py" />
      <source>Describe what to cut out, for example: the dog on the left.</source>
      <translation>Auf Englisch beschreiben, was freigestellt werden soll, zum Beispiel: the dog on the left.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/expression_bar.py" />
      <source>Cancelled.</source>
      <translation>Abgebrochen.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/expression_bar.py" />
      <source>{work}… Esc cancels.</source>
      <translation>{work}… Esc bricht ab.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/expression_bar.py" />
      <source>Working… Esc cancels.</source>
      <translation>Arbeitet… Esc bricht ab.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/expression_bar.py" />
      <source>Fin&amp;d</source>
      <translation>Su&amp;chen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/expression_bar.py" />
      <source>Stop looking (Esc)</source>
      <translation>Die Suche abbrechen (Esc)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/expression_bar.py" />
      <source>Find what the expression describes (Enter)</source>
      <translation>Suchen, was der Ausdruck beschreibt (Eingabetaste)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/expression_box.py" />
      <source>Describe what to cut out: the woman in the red coat on the left</source>
      <translation>Auf Englisch beschreiben, was freigestellt werden soll: the woman in the red coat on the left</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/expression_box.py" />
      <source>Enter finds the main subject; these weights know no words</source>
      <translation>Die Eingabetaste findet das Hauptmotiv; diese Gewichte kennen keine Wörter</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/expression_box.py" />
      <source>Expression</source>
      <translation>Ausdruck</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/expression_box.py" />
      <source>Describe the object to cut out, then press Enter</source>
      <translation>Das freizustellende Objekt beschreiben, dann die Eingabetaste drücken</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/expression_box.py" />
      <source>Describe one object in your own words, then press Enter (Ctrl+L goes here)</source>
      <translation>Ein Objekt in eigenen Worten beschreiben, auf Englisch, dann die Eingabetaste drücken (Strg+L führt hierher)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/input_widgets.py" />
      <source>Larger results are reduced to it</source>
      <translation>Größere Ergebnisse werden darauf verkleinert</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/input_widgets.py" />
      <source>Not reduced</source>
      <translation>Nicht verkleinert</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/layer_panel.py" />
      <source>New layer: cut out another thing of this image (Ctrl+Shift+N)</source>
      <translation>Neue Ebene: noch etwas aus diesem Bild freistellen (Strg+Umschalt+N)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/layer_panel.py" />
      <source>Duplicate the layer (Ctrl+J)</source>
      <translation>Ebene duplizieren (Strg+J)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/layer_panel.py" />
      <source>Move the layer up, in front of others (Ctrl+])</source>
      <translation>Ebene nach oben, vor andere (Strg+])</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/layer_panel.py" />
      <source>Move the layer down, behind others (Ctrl+[)</source>
      <translation>Ebene nach unten, hinter andere (Strg+[)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/layer_panel.py" />
      <source>Delete the layer (Delete in the list)</source>
      <translation>Ebene löschen (Entf in der Liste)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/layer_panel.py" />
      <source>Layers</source>
      <translation>Ebenen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/layer_panel.py" />
      <source>{layer}: double-click or F2 to rename, drag to rearrange</source>
      <translation>{layer}: Doppelklick oder F2 benennt um, Ziehen ordnet neu</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/layer_panel.py" />
      <source>Show the layer</source>
      <translation>Ebene einblenden</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/layer_panel.py" />
      <source>Hide the layer</source>
      <translation>Ebene ausblenden</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/layer_panel.py" />
      <source>Lock the layer</source>
      <translation>Ebene sperren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/layer_panel.py" />
      <source>Unlock the layer</source>
      <translation>Ebene entsperren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/layer_panel.py" />
      <source>A layer for each object</source>
      <translation>Eine Ebene für jedes Objekt</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/layer_panel.py" />
      <source>Layers, the highest first</source>
      <translation>Ebenen, die oberste zuerst</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/matte_panel.py" />
      <source>The result of the edit</source>
      <translation>Das Ergebnis der Bearbeitung</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/matte_panel.py" />
      <source>Overlay</source>
      <translation>Überlagerung</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/matte_panel.py" />
      <source>The matte as a colour over the image</source>
      <translation>Die Maske als Farbe über dem Bild</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/matte_panel.py" />
      <source>On black</source>
      <translation>Auf Schwarz</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/matte_panel.py" />
      <source>The object on black</source>
      <translation>Das Objekt auf Schwarz</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/matte_panel.py" />
      <source>On white</source>
      <translation>Auf Weiß</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/matte_panel.py" />
      <source>The object on white</source>
      <translation>Das Objekt auf Weiß</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/matte_panel.py" />
      <source>On colour</source>
      <translation>Auf Farbe</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/matte_panel.py" />
      <source>The object on a colour</source>
      <translation>Das Objekt auf einer Farbe</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/matte_panel.py" />
      <source>Black and white</source>
      <translation>Schwarzweiß</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/matte_panel.py" />
      <source>The matte alone</source>
      <translation>Nur die Maske</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/matte_panel.py" />
      <source>Marching ants</source>
      <translation>Ameisenlinie</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/matte_panel.py" />
      <source>The outline of the matte</source>
      <translation>Der Umriss der Maske</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/matte_panel.py" />
      <source>The image as it was opened</source>
      <translation>Das Bild, wie es geöffnet wurde</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/matte_panel.py" />
      <source>View</source>
      <translation>Ansicht</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/matte_panel.py" />
      <source>What the canvas shows (keys 1 to 8)</source>
      <translation>Was die Leinwand zeigt (Tasten 1 bis 8)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/matte_panel.py" />
      <source>Sho&amp;w</source>
      <translation>An&amp;zeigen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/matte_panel.py" />
      <source>&amp;Opacity</source>
      <translation>Deckkra&amp;ft</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/matte_panel.py" />
      <source>How much of the view covers the image</source>
      <translation>Wie stark die Ansicht das Bild verdeckt</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/matte_panel.py" />
      <source>Colour of the view</source>
      <translation>Farbe der Ansicht</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/matte_panel.py" />
      <source>Colo&amp;ur</source>
      <translation>Fa&amp;rbe</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/matte_panel.py" />
      <source>Contrast with the ob&amp;ject</source>
      <translation>Vom Ob&amp;jekt abheben</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/matte_panel.py" />
      <source>Let the overlay take a colour that the object does not have</source>
      <translation>Die Überlagerung nimmt eine Farbe, die das Objekt nicht hat</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/matte_panel.py" />
      <source>Selections</source>
      <translation>Auswahl</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/matte_panel.py" />
      <source>What was found, painted and drawn, in its order; Delete removes what is selected</source>
      <translation>Was gefunden, gemalt und umrandet wurde, der Reihe nach; Entf entfernt, was ausgewählt ist</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/matte_panel.py" />
      <source>Start the matte from nothing</source>
      <translation>Die Maske neu beginnen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/matte_panel.py" />
      <source>Shift ed&amp;ge</source>
      <translation>Kante &amp;verschieben</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/matte_panel.py" />
      <source>Feathe&amp;r</source>
      <translation>Weiche &amp;Kante</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/matte_panel.py" />
      <source>&amp;Contrast</source>
      <translation>K&amp;ontrast</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/matte_panel.py" />
      <source>Fill hole&amp;s</source>
      <translation>&amp;Löcher füllen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/matte_panel.py" />
      <source>I&amp;nvert</source>
      <translation>&amp;Umkehren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/matte_panel.py" />
      <source>Swap the object and its surroundings (Ctrl+I)</source>
      <translation>Objekt und Umgebung vertauschen (Strg+I)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/matte_panel.py" />
      <source>Shift, feather, contrast, holes and invert as they were at first</source>
      <translation>Verschiebung, weiche Kante, Kontrast, Löcher und Umkehrung, wie sie zuerst waren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/part_list.py" />
      <source>What you find, paint or draw is listed here.</source>
      <translation>Hier steht, was gesucht, gemalt oder umrandet wird.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/part_list.py" />
      <source>+ Brush stroke</source>
      <translation>+ Pinselstrich</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/part_list.py" />
      <source>Painted with the brush</source>
      <translation>Mit dem Pinsel gemalt</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/part_list.py" />
      <source>− Eraser stroke</source>
      <translation>− Radiererstrich</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/part_list.py" />
      <source>Painted with the eraser</source>
      <translation>Mit dem Radierer gemalt</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/part_list.py" />
      <source>Refined edge</source>
      <translation>Verfeinerte Kante</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/part_list.py" />
      <source>Painted with the refining brush</source>
      <translation>Mit dem Pinsel für feine Kanten gemalt</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/part_list.py" />
      <source>{text}: pointed at in the image</source>
      <translation>{text}: im Bild gezeigt</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/part_list.py" />
      <source>{text}
Presence {presence}: how sure the model is that it is in the image</source>
      <translation>{text}
Präsenz {presence}: wie sicher das Modell ist, dass es im Bild ist</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/part_list.py" />
      <source>{text}
A matte that was not found but added</source>
      <translation>{text}
Eine Maske, die nicht gefunden, sondern hinzugefügt wurde</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/part_list.py" />
      <source>Rectangle</source>
      <translation>Rechteck</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/part_list.py" />
      <source>Lasso</source>
      <translation>Lasso</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/part_list.py" />
      <source>{shape} that adds</source>
      <translation>{shape}, fügt hinzu</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/part_list.py" />
      <source>{shape} that subtracts</source>
      <translation>{shape}, zieht ab</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/part_list.py" />
      <source>What is selected, in the order in which it was found and painted</source>
      <translation>Was ausgewählt ist, in der Reihenfolge, in der es gefunden und gemalt wurde</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/part_list.py" />
      <source>Remove {text} (Delete)</source>
      <translation>{text} entfernen (Entf)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/part_list.py" />
      <source>Remove {text}</source>
      <translation>{text} entfernen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/sections.py" />
      <source>Fold this section away, or open it</source>
      <translation>Diesen Abschnitt zu- oder aufklappen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/tool_strip.py" />
      <source>Drag to move the image</source>
      <translation>Ziehen, um das Bild zu bewegen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/tool_strip.py" />
      <source>Pick</source>
      <translation>Auswählen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/tool_strip.py" />
      <source>Click what to cut out, drag a box around it; Ctrl-click or right-click what to leave out</source>
      <translation>Anklicken, was freigestellt werden soll, oder einen Rahmen darum ziehen; Strg-Klick oder Rechtsklick lässt etwas weg</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/tool_strip.py" />
      <source>Paint what belongs to the object</source>
      <translation>Malen, was zum Objekt gehört</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/tool_strip.py" />
      <source>Eraser</source>
      <translation>Radierer</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/tool_strip.py" />
      <source>Paint what does not belong to the object</source>
      <translation>Malen, was nicht zum Objekt gehört</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/tool_strip.py" />
      <source>Paint along hair and soft edges to refine them</source>
      <translation>Entlang von Haaren und weichen Kanten malen, um sie zu verfeinern</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/tool_strip.py" />
      <source>Draw around what belongs to the object; with Alt, Ctrl or Subtract, what does not</source>
      <translation>Umranden, was zum Objekt gehört; mit Alt, Strg oder „Abziehen“, was nicht dazugehört</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/tool_strip.py" />
      <source>Drag a rectangle over what belongs to the object; with Alt, Ctrl or Subtract, what does not</source>
      <translation>Ein Rechteck über das ziehen, was zum Objekt gehört; mit Alt, Strg oder „Abziehen“, was nicht dazugehört</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/tool_strip.py" />
      <source>Move the cut-out on its background; corners scale it, the round handle turns it</source>
      <translation>Den Freisteller auf seinem Hintergrund verschieben; Ecken skalieren ihn, der runde Griff dreht ihn</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/panels/tool_strip.py" />
      <source>Tools</source>
      <translation>Werkzeuge</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/qt_image.py" />
      <source>Images ({suffixes})</source>
      <translation>Bilder ({suffixes})</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/qt_image.py" />
      <source>All files (*)</source>
      <translation>Alle Dateien (*)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/qt_image.py" />
      <source>Images and projects ({suffixes})</source>
      <translation>Bilder und Projekte ({suffixes})</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/qt_image.py" />
      <source>Projects (*.rim)</source>
      <translation>Projekte (*.rim)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/qt_image.py" />
      <source>The clipboard or the drop contains no image: copy an image, or open a file.</source>
      <translation>In der Zwischenablage oder dem Abgelegten ist kein Bild: ein Bild kopieren oder eine Datei öffnen.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/qt_runner.py" />
      <source>Something went wrong: {text} (details are in {logged})</source>
      <translation>Etwas ist schiefgegangen: {text} (Einzelheiten in {logged})</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/qt_runner.py" />
      <source>the terminal</source>
      <translation>dem Terminal</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/action_handlers.py" />
      <source>&amp;Undo</source>
      <translation>&amp;Rückgängig</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/action_handlers.py" />
      <source>&amp;Redo</source>
      <translation>&amp;Wiederholen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/action_handlers.py" />
      <source>Turn left</source>
      <translation>Nach links drehen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/action_handlers.py" />
      <source>Turn right</source>
      <translation>Nach rechts drehen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/action_handlers.py" />
      <source>Flip horizontally</source>
      <translation>Horizontal spiegeln</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/action_handlers.py" />
      <source>Flip vertically</source>
      <translation>Vertikal spiegeln</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;File</source>
      <translation>&amp;Datei</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Open…</source>
      <translation>Ö&amp;ffnen…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Open images, projects or layers</source>
      <translation>Bilder, Projekte oder Ebenen öffnen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Open Anot&amp;her Page…</source>
      <translation>&amp;Andere Seite öffnen…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Open another page or frame of the file in front</source>
      <translation>Eine andere Seite oder ein anderes Bild der Datei im Vordergrund öffnen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Paste Image</source>
      <translation>&amp;Bild einfügen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Open the image on the clipboard</source>
      <translation>Das Bild in der Zwischenablage öffnen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Add a &amp;Matte from a File…</source>
      <translation>&amp;Maske aus einer Datei hinzufügen…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Add a grey image, or the transparency of one, to the matte</source>
      <translation>Ein graues Bild oder die Transparenz eines Bildes zur Maske hinzufügen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Use the Image's Tra&amp;nsparency as Matte</source>
      <translation>&amp;Transparenz des Bildes als Maske verwenden</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Make what the image leaves transparent a matte that can be changed</source>
      <translation>Aus dem, was das Bild transparent lässt, eine Maske machen, die sich ändern lässt</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Clear Recent</source>
      <translation>&amp;Liste leeren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Forget the images that were opened lately</source>
      <translation>Die zuletzt geöffneten Bilder vergessen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Save</source>
      <translation>&amp;Speichern</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Keep all of the work in its project, to go on another day</source>
      <translation>Alle Arbeit in ihrem Projekt bewahren, um ein andermal weiterzumachen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Save &amp;As…</source>
      <translation>Speichern &amp;unter…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Save the project under another name</source>
      <translation>Das Projekt unter einem anderen Namen speichern</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Export…</source>
      <translation>&amp;Exportieren…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Write the result as a file</source>
      <translation>Das Ergebnis als Datei schreiben</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Export A&amp;gain</source>
      <translation>E&amp;rneut exportieren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Write the same file again with the same choices</source>
      <translation>Dieselbe Datei mit denselben Einstellungen noch einmal schreiben</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Show in &amp;Folder</source>
      <translation>Im &amp;Ordner zeigen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Show the exported file in its folder</source>
      <translation>Die exportierte Datei in ihrem Ordner zeigen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Batch Export…</source>
      <translation>Sta&amp;pelexport…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Do the same to many photographs</source>
      <translation>Dasselbe mit vielen Fotos machen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Batch w&amp;ith the Open Images…</source>
      <translation>Stapel mit den offe&amp;nen Bildern…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Export the images of all tabs, each with what it was asked for</source>
      <translation>Die Bilder aller Tabs exportieren, jedes mit dem, wonach darin gesucht wurde</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Copy Cut-o&amp;ut</source>
      <translation>Freisteller &amp;kopieren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Copy the object with transparency around it</source>
      <translation>Das Objekt mit Transparenz ringsum kopieren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Copy Resul&amp;t</source>
      <translation>Er&amp;gebnis kopieren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Copy the result of the edit</source>
      <translation>Das Ergebnis der Bearbeitung kopieren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Close</source>
      <translation>S&amp;chließen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Close this image</source>
      <translation>Dieses Bild schließen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Quit</source>
      <translation>Been&amp;den</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Close all images and leave</source>
      <translation>Alle Bilder schließen und beenden</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Take back the last change</source>
      <translation>Die letzte Änderung zurücknehmen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Make the change again</source>
      <translation>Die Änderung wieder vornehmen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Same Again on the Next Image</source>
      <translation>Beim &amp;nächsten Bild genauso</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Find, edit and export the next tab, or the next file of the folder, like this one</source>
      <translation>Im nächsten Tab oder in der nächsten Datei des Ordners genauso suchen, bearbeiten und exportieren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Save as Prese&amp;t…</source>
      <translation>Als &amp;Vorlage speichern…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Keep edit, edge, composition and export under a name, for other images</source>
      <translation>Bearbeitung, Kante, Komposition und Export unter einem Namen bewahren, für andere Bilder</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Preferences…</source>
      <translation>&amp;Einstellungen…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Theme, device, export: how RIM Editor works for you</source>
      <translation>Farbschema, Gerät, Export: wie RIM Editor arbeiten soll</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Image</source>
      <translation>B&amp;ild</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Turn &amp;Left</source>
      <translation>Nach &amp;links drehen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Turn the image by a quarter, anticlockwise</source>
      <translation>Das Bild um eine Vierteldrehung gegen den Uhrzeigersinn drehen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Turn &amp;Right</source>
      <translation>Nach &amp;rechts drehen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Turn the image by a quarter, clockwise</source>
      <translation>Das Bild um eine Vierteldrehung im Uhrzeigersinn drehen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Flip &amp;Horizontally</source>
      <translation>&amp;Horizontal spiegeln</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Mirror the image: left becomes right</source>
      <translation>Das Bild spiegeln: links wird rechts</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Flip &amp;Vertically</source>
      <translation>&amp;Vertikal spiegeln</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Turn the image upside down, as in a mirror</source>
      <translation>Das Bild auf den Kopf stellen, gespiegelt</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Crop and Straighten…</source>
      <translation>&amp;Zuschneiden und begradigen…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Keep a part of the image, and make its horizon level</source>
      <translation>Einen Teil des Bildes behalten und seinen Horizont gerade richten</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Matte</source>
      <translation>&amp;Maske</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Type an E&amp;xpression</source>
      <translation>Ausdruck &amp;eingeben</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Go to the box where the object is described</source>
      <translation>Zum Feld gehen, in dem das Objekt beschrieben wird</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Find what the expression describes</source>
      <translation>Suchen, was der Ausdruck beschreibt</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Stop the work in progress</source>
      <translation>Die laufende Arbeit abbrechen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;New Matte</source>
      <translation>&amp;Neue Maske</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>The next answer replaces the matte</source>
      <translation>Die nächste Antwort ersetzt die Maske</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Add to Matte</source>
      <translation>Zur Maske &amp;hinzufügen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>The next answer is added to the matte</source>
      <translation>Die nächste Antwort kommt zur Maske hinzu</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>S&amp;ubtract from Matte</source>
      <translation>Von der Maske ab&amp;ziehen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>The next answer is taken from the matte</source>
      <translation>Die nächste Antwort wird von der Maske abgezogen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Intersect with Matte</source>
      <translation>Mit der Maske s&amp;chneiden</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>The next answer limits the matte</source>
      <translation>Die nächste Antwort beschränkt die Maske</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Move and Zoom</source>
      <translation>&amp;Verschieben und zoomen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>No brush: drag to move the image</source>
      <translation>Kein Pinsel: ziehen bewegt das Bild</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Brush</source>
      <translation>&amp;Pinsel</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Eraser</source>
      <translation>&amp;Radierer</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Refine Edge Brush</source>
      <translation>Pinsel für &amp;feine Kanten</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Lass&amp;o</source>
      <translation>&amp;Lasso</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Rectan&amp;gle</source>
      <translation>Rech&amp;teck</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Pick</source>
      <translation>Aus&amp;wählen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Place Ob&amp;ject</source>
      <translation>&amp;Objekt platzieren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Smaller Brus&amp;h</source>
      <translation>Pinsel ver&amp;kleinern</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Make the brush smaller</source>
      <translation>Den Pinsel kleiner machen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Larger Brush</source>
      <translation>Pinsel ver&amp;größern</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Make the brush larger</source>
      <translation>Den Pinsel größer machen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Follo&amp;w Edges</source>
      <translation>An Kanten ausr&amp;ichten</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Let brush and eraser stop at edges of the image</source>
      <translation>Pinsel und Radierer an Kanten des Bildes anhalten lassen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>In&amp;vert</source>
      <translation>&amp;Umkehren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Clear Matte</source>
      <translation>&amp;Maske leeren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Layer</source>
      <translation>&amp;Ebene</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;New Layer</source>
      <translation>&amp;Neue Ebene</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Cut out another thing of this image</source>
      <translation>Noch etwas aus diesem Bild freistellen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Duplicate Layer</source>
      <translation>Ebene &amp;duplizieren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Copy the layer</source>
      <translation>Die Ebene kopieren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>R&amp;ename Layer</source>
      <translation>Ebene &amp;umbenennen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Type another name for the layer</source>
      <translation>Der Ebene einen anderen Namen geben</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>De&amp;lete Layer</source>
      <translation>Ebene &amp;löschen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Remove the layer</source>
      <translation>Die Ebene entfernen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Move &amp;Up</source>
      <translation>Nach &amp;oben</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Move the layer in front of others</source>
      <translation>Die Ebene vor andere schieben</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Move D&amp;own</source>
      <translation>Nach un&amp;ten</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Move the layer behind others</source>
      <translation>Die Ebene hinter andere schieben</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Show or Hide</source>
      <translation>&amp;Ein- oder ausblenden</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Show the layer in the result, or hide it</source>
      <translation>Die Ebene im Ergebnis zeigen oder verbergen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Loc&amp;k or Unlock</source>
      <translation>&amp;Sperren oder entsperren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Protect the layer from changes, or allow them</source>
      <translation>Die Ebene vor Änderungen schützen oder sie wieder erlauben</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;View</source>
      <translation>&amp;Ansicht</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Result</source>
      <translation>&amp;Ergebnis</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Show the result of the edit</source>
      <translation>Das Ergebnis der Bearbeitung zeigen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Overlay</source>
      <translation>Ü&amp;berlagerung</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Show the matte as a colour over the image</source>
      <translation>Die Maske als Farbe über dem Bild zeigen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>On &amp;Black</source>
      <translation>Auf &amp;Schwarz</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Show the object on black</source>
      <translation>Das Objekt auf Schwarz zeigen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>On &amp;White</source>
      <translation>Auf &amp;Weiß</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Show the object on white</source>
      <translation>Das Objekt auf Weiß zeigen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>On &amp;Colour</source>
      <translation>Auf &amp;Farbe</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Show the object on a colour</source>
      <translation>Das Objekt auf einer Farbe zeigen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Black &amp;and White</source>
      <translation>S&amp;chwarzweiß</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Show the matte alone</source>
      <translation>Nur die Maske zeigen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Marching Ants</source>
      <translation>&amp;Ameisenlinie</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Show the outline of the matte</source>
      <translation>Den Umriss der Maske zeigen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Ori&amp;ginal</source>
      <translation>&amp;Original</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Show the image as it was opened</source>
      <translation>Das Bild so zeigen, wie es geöffnet wurde</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Split View</source>
      <translation>Ge&amp;teilte Ansicht</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Show before and after side by side, with a line to drag</source>
      <translation>Vorher und nachher nebeneinander zeigen, mit einer Linie zum Ziehen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Zoom &amp;In</source>
      <translation>Ver&amp;größern</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Look closer</source>
      <translation>Näher herangehen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Zoom O&amp;ut</source>
      <translation>Ver&amp;kleinern</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Step back</source>
      <translation>Zurücktreten</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Fit in Window</source>
      <translation>In das Fenster e&amp;inpassen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Show the whole image</source>
      <translation>Das ganze Bild zeigen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Actual Si&amp;ze</source>
      <translation>Tatsäc&amp;hliche Größe</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Show one pixel of the image per pixel of the screen</source>
      <translation>Ein Pixel des Bildes je Pixel des Bildschirms zeigen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Ma&amp;tte Panel</source>
      <translation>Bedienfeld &amp;Maske</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Show or hide the matte panel</source>
      <translation>Das Bedienfeld der Maske zeigen oder verbergen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Edit Panel</source>
      <translation>Bedienfeld Bea&amp;rbeitung</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Show or hide the edit panel</source>
      <translation>Das Bedienfeld der Bearbeitung zeigen oder verbergen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Si&amp;de Panels</source>
      <translation>Seitenbe&amp;dienfelder</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Show the panels, or give all the room to the image</source>
      <translation>Die Bedienfelder zeigen oder den ganzen Platz dem Bild geben</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Next Image</source>
      <translation>&amp;Nächstes Bild</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Go to the next open image</source>
      <translation>Zum nächsten offenen Bild gehen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Previous Image</source>
      <translation>&amp;Voriges Bild</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Go to the image before</source>
      <translation>Zum vorigen Bild gehen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Fu&amp;ll Screen</source>
      <translation>Vo&amp;llbild</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Use the whole screen</source>
      <translation>Den ganzen Bildschirm verwenden</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Tools</source>
      <translation>&amp;Werkzeuge</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Find This in the Other Tabs</source>
      <translation>In den anderen Tabs &amp;suchen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Find what is selected here in every other open image</source>
      <translation>Was hier ausgewählt ist, in jedem anderen offenen Bild suchen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Batch with This Example…</source>
      <translation>Stapel mit diesem &amp;Beispiel…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Find what is selected here in many photographs</source>
      <translation>Was hier ausgewählt ist, in vielen Fotos suchen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Save as &amp;Example…</source>
      <translation>&amp;Als Beispiel speichern…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Save what is selected as an example, to find it in other images another day</source>
      <translation>Was ausgewählt ist, als Beispiel speichern, um es ein andermal in anderen Bildern zu suchen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Models…</source>
      <translation>&amp;Modelle…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>See, fetch and choose the weights of the model</source>
      <translation>Die Gewichte des Modells ansehen, holen und wählen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Help</source>
      <translation>&amp;Hilfe</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;Keyboard Shortcuts</source>
      <translation>&amp;Tastenkürzel</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>See every key</source>
      <translation>Alle Tasten ansehen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>&amp;About RIM Editor</source>
      <translation>&amp;Über RIM Editor</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/actions.py" />
      <source>Version, licence and where the work is done</source>
      <translation>Version, Lizenz und wo gearbeitet wird</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/batch_opener.py" />
      <source>An export of many images is running: wait for it, then choose the open images again.</source>
      <translation>Ein Export vieler Bilder läuft: warten, dann die offenen Bilder noch einmal wählen.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/batch_opener.py" />
      <source>Left out, as there is no file of them: {images}. Save them as images first.</source>
      <translation>Ausgelassen, weil es keine Datei davon gibt: {images}. Sie zuerst als Bilder speichern.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/batch_opener.py" />
      <source>Taken as their files are, without turning and cropping here: {images}.</source>
      <translation>So genommen, wie die Dateien sind, ohne Drehung und Zuschnitt von hier: {images}.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/batch_opener.py" />
      <source>Batch export is running</source>
      <translation>Stapelexport läuft</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/batch_opener.py" />
      <source>A batch export is running.</source>
      <translation>Ein Stapelexport läuft.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/batch_opener.py" />
      <source>Finished images are kept, and the rest can be resumed from File &gt; Batch Export.</source>
      <translation>Fertige Bilder bleiben erhalten, und die übrigen können über „Datei &gt; Stapelexport“ fortgesetzt werden.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/batch_opener.py" />
      <source>&amp;Stop and Close</source>
      <translation>&amp;Abbrechen und schließen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/batch_opener.py" />
      <source>&amp;Keep Open</source>
      <translation>&amp;Offen lassen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/cutout_exporter.py" />
      <source>The result is on the clipboard.</source>
      <translation>Das Ergebnis ist in der Zwischenablage.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/cutout_exporter.py" />
      <source>The cut-out is on the clipboard.</source>
      <translation>Der Freisteller ist in der Zwischenablage.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/cutout_exporter.py" />
      <source>The cut-out needs a folder for temporary files ({reason}): make room, or export it.</source>
      <translation>Der Freisteller braucht einen Ordner für temporäre Dateien ({reason}): Platz schaffen, oder ihn exportieren.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/dialog_opener.py" />
      <source>Show the Original (hold)</source>
      <translation>Das Original zeigen (halten)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/dialog_opener.py" />
      <source>Drag the Image (hold)</source>
      <translation>Das Bild ziehen (halten)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/dialog_opener.py" />
      <source>Space</source>
      <translation>Leertaste</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/dialog_opener.py" />
      <source>Swap Brush and Eraser (hold)</source>
      <translation>Pinsel und Radierer vertauschen (halten)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/dialog_opener.py" />
      <source>Alt</source>
      <translation>Alt</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/dialog_opener.py" />
      <source>Straight Line from the Last Stroke (click)</source>
      <translation>Gerade Linie vom letzten Strich (klicken)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/dialog_opener.py" />
      <source>Shift</source>
      <translation>Umschalt</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/dialog_opener.py" />
      <source>Subtract with Lasso and Rectangle (hold)</source>
      <translation>Mit Lasso und Rechteck abziehen (halten)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/dialog_opener.py" />
      <source>Ctrl</source>
      <translation>Strg</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/dialog_opener.py" />
      <source>Open images or projects</source>
      <translation>Bilder oder Projekte öffnen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/dialog_opener.py" />
      <source>About RIM Editor</source>
      <translation>Über RIM Editor</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/dialog_opener.py" />
      <source>Describe one thing in a photograph and get it alone.

Everything runs on this machine: no image and no text leaves it. Apache License 2.0.</source>
      <translation>Etwas in einem Foto beschreiben und es allein erhalten.

Alles läuft auf diesem Rechner: kein Bild und kein Text verlässt ihn. Apache-Lizenz 2.0.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/document_closer.py" />
      <source>“{title}” is being saved</source>
      <translation>„{title}“ wird gespeichert</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/document_closer.py" />
      <source>“{title}” is being exported</source>
      <translation>„{title}“ wird exportiert</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/document_closer.py" />
      <source>the window closes when that is done</source>
      <translation>das Fenster wird danach geschlossen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/document_closer.py" />
      <source>it closes when that is done</source>
      <translation>es wird danach geschlossen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/document_closer.py" />
      <source>&amp;Stop the Export</source>
      <translation>Export &amp;abbrechen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/document_closer.py" />
      <source>Unsaved work</source>
      <translation>Nicht gespeicherte Arbeit</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/document_closer.py" />
      <source>Your changes to “{title}” are not saved.</source>
      <translation>Die Änderungen an „{title}“ sind nicht gespeichert.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/document_closer.py" />
      <source>one more image</source>
      <translation>einem weiteren Bild</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/document_closer.py" />
      <source>{more} more images</source>
      <translation>{more} weiteren Bildern</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/document_closer.py" />
      <source>They are lost if you discard them. There are unsaved changes in {others}.</source>
      <translation>Beim Verwerfen gehen sie verloren. Nicht gespeicherte Änderungen gibt es in {others}.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/document_closer.py" />
      <source>They are lost if you discard them.</source>
      <translation>Beim Verwerfen gehen sie verloren.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/document_closer.py" />
      <source>Save A&amp;ll</source>
      <translation>A&amp;lle speichern</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/document_closer.py" />
      <source>&amp;Discard</source>
      <translation>&amp;Verwerfen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/document_closer.py" />
      <source>Discard &amp;All</source>
      <translation>Alle ver&amp;werfen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/document_closer.py" />
      <source>&amp;Cancel</source>
      <translation>&amp;Abbrechen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/document_opener.py" />
      <source>the image</source>
      <translation>das Bild</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/document_opener.py" />
      <source>({started} of {count})</source>
      <translation>({started} von {count})</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/document_opener.py" />
      <source>Opening {name} …</source>
      <translation>{name} wird geöffnet …</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/document_opener.py" />
      <source>Sample</source>
      <translation>Beispielbild</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/document_opener.py" />
      <source>The pasted or dropped image cannot be read: save it as PNG or JPEG, then open the file.</source>
      <translation>Das eingefügte oder abgelegte Bild kann nicht gelesen werden: es als PNG oder JPEG speichern, dann die Datei öffnen.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/document_opener.py" />
      <source>The pasted or dropped image is too large: scale it down first.</source>
      <translation>Das eingefügte oder abgelegte Bild ist zu groß: es zuerst verkleinern.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/document_opener.py" />
      <source>the pasted image</source>
      <translation>das eingefügte Bild</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/document_tabs.py" />
      <source>Open images</source>
      <translation>Offene Bilder</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/document_tabs.py" />
      <source>{title}, unsaved</source>
      <translation>{title}, nicht gespeichert</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/drag_handle.py" />
      <source>Drag Out</source>
      <translation>Herausziehen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/drag_handle.py" />
      <source>Drag the cut-out to another program</source>
      <translation>Den Freisteller in ein anderes Programm ziehen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/drag_handle.py" />
      <source>Drag this to another program or folder to bring the cut-out there (copy it: Ctrl+C)</source>
      <translation>Dies in ein anderes Programm oder einen Ordner ziehen, um den Freisteller dorthin zu bringen (kopieren: Strg+C)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/drag_handle.py" />
      <source>Drag this button to another program or folder, or press Ctrl+C to copy the cut-out.</source>
      <translation>Diese Schaltfläche in ein anderes Programm oder einen Ordner ziehen, oder mit Strg+C den Freisteller kopieren.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/example_finder.py" />
      <source>Examples (*{suffix})</source>
      <translation>Beispiele (*{suffix})</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/example_finder.py" />
      <source>Save as example</source>
      <translation>Als Beispiel speichern</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/example_finder.py" />
      <source>Find in the O&amp;pen Images</source>
      <translation>In den &amp;offenen Bildern suchen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/example_finder.py" />
      <source>&amp;Batch…</source>
      <translation>Sta&amp;pel…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/example_finder.py" />
      <source>The example of {source}</source>
      <translation>Das Beispiel aus {source}</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/example_finder.py" />
      <source>The example</source>
      <translation>Das Beispiel</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/example_finder.py" />
      <source>The example “{title}”</source>
      <translation>Das Beispiel „{title}“</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/example_finder.py" />
      <source>{example} is ready.</source>
      <translation>{example} ist bereit.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/example_finder.py" />
      <source>{example} is ready: open the images to find it in.</source>
      <translation>{example} ist bereit: die Bilder öffnen, in denen es gesucht werden soll.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/example_finder.py" />
      <source>stopped</source>
      <translation>abgebrochen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/file_manager.py" />
      <source>“{path}” is no longer there: export it again.</source>
      <translation>„{path}“ ist nicht mehr da: noch einmal exportieren.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/file_manager.py" />
      <source>No file manager could be started: the file is in “{parent}”.</source>
      <translation>Es ließ sich kein Dateimanager starten: die Datei ist in „{parent}“.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/layout.py" />
      <source>Open &amp;Recent</source>
      <translation>&amp;Zuletzt geöffnet</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/layout.py" />
      <source>Pres&amp;ets</source>
      <translation>Vor&amp;lagen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/layout.py" />
      <source>Toolbar</source>
      <translation>Werkzeugleiste</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/matte_loader.py" />
      <source>Add a matte from a file</source>
      <translation>Maske aus einer Datei hinzufügen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/message_bar.py" />
      <source>Show the next message</source>
      <translation>Die nächste Meldung zeigen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/message_bar.py" />
      <source>Close this message</source>
      <translation>Diese Meldung schließen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/message_bar.py" />
      <source>+{others} more</source>
      <translation>+{others} weitere</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/message_bar.py" />
      <source>{others} more: show the next message</source>
      <translation>{others} weitere: die nächste Meldung zeigen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/message_bar.py" />
      <source>Messages</source>
      <translation>Meldungen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/notifications.py" />
      <source>Models…</source>
      <translation>Modelle…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/notifications.py" />
      <source>Show in Folder</source>
      <translation>Im Ordner zeigen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/page_chooser.py" />
      <source>“{name}” holds several pages or frames: this is the first.</source>
      <translation>„{name}“ enthält mehrere Seiten oder Bilder: Dies ist die erste.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/page_chooser.py" />
      <source>Another &amp;Page…</source>
      <translation>Andere &amp;Seite…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/page_chooser.py" />
      <source>Open Another Page</source>
      <translation>Andere Seite öffnen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/page_chooser.py" />
      <source>Page or frame of “{name}”, from 1 to {count}:</source>
      <translation>Seite oder Bild von „{name}“, von 1 bis {count}:</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/presets_menu.py" />
      <source>Edit, edge, place, shadow, outline and the choices of the last export, under the name:</source>
      <translation>Bearbeitung, Kante, Platz, Schatten, Kontur und die Einstellungen des letzten Exports, unter dem Namen:</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/presets_menu.py" />
      <source>Save as Preset</source>
      <translation>Als Vorlage speichern</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/presets_menu.py" />
      <source>Preset “{name}”</source>
      <translation>Vorlage „{name}“</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/presets_menu.py" />
      <source>Replace the preset “{known}”?</source>
      <translation>Die Vorlage „{known}“ ersetzen?</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/presets_menu.py" />
      <source>&amp;Replace</source>
      <translation>&amp;Ersetzen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/presets_menu.py" />
      <source>Saved as the preset “{name}”: see Edit &gt; Presets.</source>
      <translation>Als Vorlage „{name}“ gespeichert: siehe „Bearbeiten &gt; Vorlagen“.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/presets_menu.py" />
      <source>Do this to the layer in front</source>
      <translation>Dies mit der vorderen Ebene machen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/presets_menu.py" />
      <source>Reading…</source>
      <translation>Wird gelesen…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/presets_menu.py" />
      <source>None yet: save one</source>
      <translation>Noch keine: eine speichern</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/presets_menu.py" />
      <source>&amp;Add from a File…</source>
      <translation>&amp;Aus einer Datei hinzufügen…</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/presets_menu.py" />
      <source>&amp;Rename</source>
      <translation>&amp;Umbenennen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/presets_menu.py" />
      <source>The preset “{name}” is called “{new}” now.</source>
      <translation>Die Vorlage „{name}“ heißt jetzt „{new}“.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/presets_menu.py" />
      <source>The new name of the preset “{name}”:</source>
      <translation>Der neue Name der Vorlage „{name}“:</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/presets_menu.py" />
      <source>Rename the Preset</source>
      <translation>Vorlage umbenennen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/presets_menu.py" />
      <source>Export the preset</source>
      <translation>Vorlage exportieren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/presets_menu.py" />
      <source>The preset was exported to “{path}”.</source>
      <translation>Die Vorlage wurde exportiert nach „{path}“.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/presets_menu.py" />
      <source>Add presets</source>
      <translation>Vorlagen hinzufügen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/presets_menu.py" />
      <source>The presets of “{name}” were added: see Edit &gt; Presets.</source>
      <translation>Die Vorlagen aus „{name}“ wurden hinzugefügt: siehe „Bearbeiten &gt; Vorlagen“.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/presets_menu.py" />
      <source>The preset “{name}” was deleted.</source>
      <translation>Die Vorlage „{name}“ wurde gelöscht.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/presets_menu.py" />
      <source>Delete the preset “{name}”? Export it first if you may want it again.</source>
      <translation>Die Vorlage „{name}“ löschen? Zuerst exportieren, falls sie noch einmal gebraucht wird.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/presets_menu.py" />
      <source>Presets</source>
      <translation>Vorlagen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/presets_menu.py" />
      <source>Presets ({suffixes})</source>
      <translation>Vorlagen ({suffixes})</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/project_saver.py" />
      <source>Project, the image in it (*.rim)</source>
      <translation>Projekt, das Bild darin (*.rim)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/project_saver.py" />
      <source>Project, the image stays in its own file (*.rim)</source>
      <translation>Projekt, das Bild bleibt in seiner eigenen Datei (*.rim)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/project_saver.py" />
      <source>Save project</source>
      <translation>Projekt speichern</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/recovery_offer.py" />
      <source> and more</source>
      <translation> und weitere</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/recovery_offer.py" />
      <source>RIM Editor did not end properly. Unsaved work was kept: {names}.</source>
      <translation>RIM Editor wurde nicht ordentlich beendet. Nicht gespeicherte Arbeit ist noch da: {names}.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/recovery_offer.py" />
      <source>&amp;Restore</source>
      <translation>&amp;Wiederherstellen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/recovery_offer.py" />
      <source>{count} images</source>
      <translation>{count} Bildern</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/recovery_offer.py" />
      <source>The unsaved work on {count} would be gone for good.</source>
      <translation>Die nicht gespeicherte Arbeit an {count} wäre endgültig verloren.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/recovery_offer.py" />
      <source>&amp;Keep</source>
      <translation>&amp;Behalten</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/recovery_offer.py" />
      <source>&amp;Discard for good</source>
      <translation>&amp;Endgültig verwerfen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/recovery_offer.py" />
      <source>{name} (restored, {time})</source>
      <translation>{name} (wiederhergestellt, {time})</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/repeater.py" />
      <source>Nothing can be done again yet: find something by words here first.</source>
      <translation>Es gibt noch nichts zu wiederholen: hier zuerst etwas mit Wörtern suchen.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/repeater.py" />
      <source>There is no next image: neither a tab to the right nor a file after this one in its folder.</source>
      <translation>Es gibt kein nächstes Bild: weder einen Tab rechts davon noch eine Datei nach dieser in ihrem Ordner.</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/repeater.py" />
      <source>This image was not exported, as the answer is not sure: look at it, then export it (Ctrl+E).</source>
      <translation>Dieses Bild wurde nicht exportiert, da die Antwort nicht sicher ist: ansehen, dann exportieren (Strg+E).</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/repeater.py" />
      <source>This image was not exported, as “{words}” was not found: use other words, then export it (Ctrl+E).</source>
      <translation>Dieses Bild wurde nicht exportiert, da „{words}“ nicht gefunden wurde: andere Wörter nehmen, dann exportieren (Strg+E).</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/repeater.py" />
      <source>Same again</source>
      <translation>Noch einmal dasselbe</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/repeater.py" />
      <source>Same edge and edit</source>
      <translation>Gleiche Kante und Bearbeitung</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/start_page.py" />
      <source>describe the object</source>
      <translation>das Objekt beschreiben</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/start_page.py" />
      <source>hold to see the original</source>
      <translation>halten, um das Original zu sehen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/start_page.py" />
      <source>export the result</source>
      <translation>das Ergebnis exportieren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/start_page.py" />
      <source>Cut anything out by describing it</source>
      <translation>Alles freistellen, indem man es beschreibt</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/start_page.py" />
      <source>Drop a photograph here, or</source>
      <translation>Ein Foto hier ablegen, oder</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/start_page.py" />
      <source>Open one or several images (Ctrl+O)</source>
      <translation>Ein Bild oder mehrere öffnen (Strg+O)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/start_page.py" />
      <source>&amp;Paste</source>
      <translation>Einfüge&amp;n</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/start_page.py" />
      <source>Open the image on the clipboard (Ctrl+V)</source>
      <translation>Das Bild in der Zwischenablage öffnen (Strg+V)</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/start_page.py" />
      <source>Tr&amp;y a sample</source>
      <translation>Beis&amp;piel ausprobieren</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/start_page.py" />
      <source>Open a picture that comes with RIM Editor</source>
      <translation>Ein Bild öffnen, das zu RIM Editor gehört</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/start_page.py" />
      <source>Open the sample</source>
      <translation>Beispielbild öffnen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/start_page.py" />
      <source>Open the sample and find “{text}”</source>
      <translation>Beispielbild öffnen und „{text}“ suchen</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/status_bar.py" />
      <source>Work in progress</source>
      <translation>Laufende Arbeit</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/status_bar.py" />
      <source>Size of the image in pixels</source>
      <translation>Größe des Bildes in Pixeln</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/status_bar.py" />
      <source>Zoom</source>
      <translation>Zoom</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/status_bar.py" />
      <source>Weights, device and time of the last answer</source>
      <translation>Gewichte, Gerät und Zeit der letzten Antwort</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/status_bar.py" />
      <source>On {device}: {reason}</source>
      <translation>Auf {device}: {reason}</translation>
    </message>
    <message>
      <location filename="../../rim_editor/ui/window/status_bar.py" />
      <source>On {device}</source>
      <translation>Auf {device}</translation>
    </message>
  </context>
</TS>
